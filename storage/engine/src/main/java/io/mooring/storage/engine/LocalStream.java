package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The stream between a head and a replica in the same process: direct calls, in which the thread
 * that brings a request also writes it to the file.
 */
final class LocalStream implements HeadStream, ReplicaPort {

  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocateDirect(0);

  private final HeadRun head;
  private final StreamId headSide;
  private final ReplicaHost host;
  private final StreamId hostSide;

  /**
   * @param headSide number of the stream in the head
   * @param hostSide number of the stream among all streams of this node's replicas
   */
  LocalStream(HeadRun head, StreamId headSide, ReplicaHost host, StreamId hostSide) {
    this.head = head;
    this.headSide = headSide;
    this.host = host;
    this.hostSide = hostSide;
  }

  /** Says hello. Called under the head's lock. */
  void open(HeadMessage.Hello hello, AfterUnlock after) {
    if (host.connect(hostSide, this)) {
      host.receive(hostSide, hello, NO_PAYLOAD, after);
    } else {
      after.add(() -> head.streamLost(headSide, "the replica is closed"));
    }
  }

  ReplicaReads reads() {
    return host.reads();
  }

  /** The disk has failed a read of the client; the head hears of it when that is on record. */
  void readFailed(HeadMessage.Read read, IOException failure) {
    host.readFailed(hostSide, read, failure);
  }

  @Override
  public void send(HeadMessage message, @Nullable Payload payload, AfterUnlock after) {
    if (payload == null) {
      host.receive(hostSide, message, NO_PAYLOAD, after);
      return;
    }
    payload.pin();
    host.receive(hostSide, message, payload.bytes(), after);
    after.add(payload::unpin);
  }

  @Override
  public void flush() {}

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public boolean inOrder() {
    return false;
  }

  @Override
  public void send(ReplicaMessage message, AfterUnlock after) {
    after.add(() -> {
      head.received(headSide, message, after);
      if (!after.isClients()) {
        head.sendHeldBack();
      }
    });
  }

  @Override
  public void answer(ReplicaMessage message) {
    head.received(headSide, message);
  }

  @Override
  public void sendData(RequestId request, ByteBuffer bytes) {
    boolean zeros = ReplicaReads.isZero(bytes);
    AfterUnlock after = AfterUnlock.batching();
    head.received(headSide, new ReplicaMessage.Data(request, zeros), bytes, after);
    after.runAndSend(); // such as writes that waited for the range to be copied
    head.sendHeldBack();
  }

  @Override
  public void close(AfterUnlock after) {
    after.add(() -> host.lost(hostSide));
  }

  @Override
  public void end(AfterUnlock after) {
    after.add(() -> head.streamLost(headSide, "the replica ended the stream"));
  }
}
