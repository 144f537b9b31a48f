package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.RequestId;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request of the client between its arrival and its answer. Guarded by the head's lock. */
final class ClientRequest {

  private final Function<RequestId, HeadInput> input;
  private final RequestEnd end;
  private final @Nullable Payload payload;
  private final @Nullable ReadTarget target;
  private final long bytes;
  private boolean beingFilled;
  private @Nullable Outcome heldBack;

  /**
   * @param input makes the head's input from the request's number, again if it has to be repeated
   * @param payload the bytes of a write
   * @param target what a read fills
   * @param bytes memory that the request keeps busy
   */
  ClientRequest(
      Function<RequestId, HeadInput> input,
      RequestEnd end,
      @Nullable Payload payload,
      @Nullable ReadTarget target,
      long bytes) {
    this.input = input;
    this.end = end;
    this.payload = payload;
    this.target = target;
    this.bytes = bytes;
  }

  /** Memory that the request keeps busy. */
  long bytes() {
    return bytes;
  }

  HeadInput input(RequestId id) {
    return input.apply(id);
  }

  @Nullable Payload payload() {
    return payload;
  }

  /** Whether the request can be submitted a second time, after the client's call has returned. */
  boolean isRepeatable() {
    return payload == null || payload.isKept();
  }

  ByteBuffer target() {
    if (target == null) {
      throw new IllegalStateException("not a read");
    }
    return target.buffer();
  }

  /** The local disk is about to fill the target: the client must not get it back meanwhile. */
  void filling() {
    beingFilled = true;
  }

  /** The target is filled; returns how the request ended meanwhile, if it did. */
  @Nullable Outcome filled() {
    beingFilled = false;
    return heldBack;
  }

  /** Notes an end that has to wait for {@link #filled}. */
  boolean holdBack(Outcome outcome) {
    if (beingFilled) {
      heldBack = outcome;
    }
    return beingFilled;
  }

  void end(Outcome outcome, AfterUnlock after) {
    Payload.release(payload);
    end.ended(outcome, after);
  }
}
