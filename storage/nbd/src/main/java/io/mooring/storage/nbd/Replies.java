package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the requests of one connection end. Replies of the connection's own thread wait until it
 * has handled all input; those of other threads leave at once, unless a {@link CompletionBatch}
 * holds them.
 */
final class Replies {

  /** The owner sends before it runs out of input once so much has gathered. */
  private static final int QUEUED_BYTES_ENOUGH = 128 << 10;

  private final Thread owner = Thread.currentThread();
  private final ReplyOutput output;
  private final ConnectionInput input;
  private final InFlight inFlight;
  private final BufferPool pool;
  private final ExportCounters counters;
  private final boolean structured;

  /** Created by the connection's own thread. */
  Replies(
      ReplyOutput output,
      ConnectionInput input,
      InFlight inFlight,
      BufferPool pool,
      ExportCounters counters,
      boolean structured) {
    this.output = output;
    this.input = input;
    this.inFlight = inFlight;
    this.pool = pool;
    this.counters = counters;
    this.structured = structured;
  }

  /** A request without payload in its reply goes to the device. */
  PendingReply begin(long cookie, int payloadBytes) {
    inFlight.begin(payloadBytes);
    return new PendingReply(this, cookie, payloadBytes, null);
  }

  /** A read goes to the device, which fills the reply's {@link PendingReply#data}. */
  PendingReply beginRead(long cookie, long offset, int length) {
    inFlight.begin(length);
    ByteBuffer buffer = pool.acquire(length);
    buffer.limit(BufferPool.HEADROOM_BYTES + length).position(BufferPool.HEADROOM_BYTES);
    return new PendingReply(this, cookie, length, new PendingReply.Data(buffer, offset));
  }

  /** Ends a request that never reached the device. Owner only. */
  void answer(RequestHeader request, NbdStatus result) {
    if (result != NbdStatus.OK) {
      counters.failed();
    }
    boolean chunk =
        request.command() == Protocol.Command.READ
            || request.command() == Protocol.Command.BLOCK_STATUS;
    reply(chunk, request.cookie(), result);
  }

  /** Owner only. */
  void answer(ByteBuffer message) {
    output.copy(message);
  }

  /** Queues the reply without sending it. */
  void end(PendingReply request, NbdStatus result) {
    PendingReply.Data data = request.data();
    if (result != NbdStatus.OK) {
      counters.failed();
    }
    if (data == null) {
      reply(false, request.cookie(), result);
    } else if (result == NbdStatus.OK) {
      output.handOver(withHeader(request, data));
    } else {
      pool.release(data.buffer());
      reply(true, request.cookie(), result);
    }
    inFlight.end(request.payloadBytes());
  }

  /** After {@link #end}: sends, unless the owner will do so anyway before it waits. */
  void endedByCurrentThread() {
    if (Thread.currentThread() != owner) {
      send();
    } else if (output.queuedBytes() >= QUEUED_BYTES_ENOUGH) {
      trySend();
    }
  }

  /** Sends from a thread that is not the owner. */
  void send() {
    boolean sent = trySend();
    input.completed();
    if (!sent) {
      input.wake();
    }
  }

  private boolean trySend() {
    try {
      return output.flush();
    } catch (IOException e) {
      // The socket is broken. Its owner meets the same error and ends the connection; the thread
      // that happened to complete a request has nothing to do with it.
      return false;
    }
  }

  /** Requests whose success is told in chunks have their failure told so too. */
  private void reply(boolean chunk, long cookie, NbdStatus result) {
    if (!chunk || !structured) {
      output.simpleReply(cookie, result);
      return;
    }
    ByteBuffer message = ByteBuffer.allocate(ReplyCodec.errorChunkBytes());
    if (result == NbdStatus.OK) {
      ReplyCodec.emptyChunk(message, cookie);
    } else {
      ReplyCodec.errorChunk(message, cookie, result);
    }
    output.copy(message.flip());
  }

  private ByteBuffer withHeader(PendingReply request, PendingReply.Data data) {
    int start = BufferPool.HEADROOM_BYTES - ReplyCodec.readHeaderBytes(structured);
    int length = request.payloadBytes();
    ByteBuffer buffer = data.buffer();
    buffer.limit(BufferPool.HEADROOM_BYTES + length).position(start);
    if (structured) {
      ReplyCodec.dataChunk(buffer, request.cookie(), data.offset(), length);
    } else {
      ReplyCodec.simple(buffer, request.cookie(), NbdStatus.OK);
    }
    return buffer.position(start);
  }
}
