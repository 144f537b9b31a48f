package io.mooring.storage.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The frames to a peer, appended by any thread. Appending copies and never waits; sending is done
 * by whoever finds nobody else at it, and covers what others have appended meanwhile. So a lone
 * frame leaves at once on its own thread, and under load one system call carries many.
 */
final class FrameOutput {

  private static final int CHUNK_BYTES = 256 << 10;

  private final GatheringByteChannel channel;
  private final PayloadPool pool;
  private final ReentrantLock lock = new ReentrantLock();

  /** Chunks that may still be appended to; guarded by {@link #lock}. */
  private ArrayDeque<ByteBuffer> filling = new ArrayDeque<>();

  /** Chunks on their way to the kernel; of the thread that has set {@link #sending}. */
  private final ArrayDeque<ByteBuffer> leaving = new ArrayDeque<>();

  private boolean sending;
  private boolean closed;
  private volatile long queuedBytes;

  /**
   * @param channel non-blocking
   */
  FrameOutput(GatheringByteChannel channel, PayloadPool pool) {
    this.channel = channel;
    this.pool = pool;
  }

  /**
   * Queues a frame whose payload's checksum is known. After {@link #close} frames are dropped: the
   * peer is gone.
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void append(Frame frame, int payloadChecksum) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      ByteBuffer payload = frame.payload();
      frame.putHeader(roomFor(Frame.HEADER_BYTES), payloadChecksum);
      for (int from = payload.position(); from < payload.limit(); ) {
        ByteBuffer chunk = roomFor(1);
        int part = Math.min(chunk.remaining(), payload.limit() - from);
        chunk.put(chunk.position(), payload, from, part);
        chunk.position(chunk.position() + part);
        from += part;
      }
      queuedBytes += Frame.HEADER_BYTES + payload.remaining();
    } finally {
      lock.unlock();
    }
  }

  private ByteBuffer roomFor(int bytes) {
    ByteBuffer chunk = filling.peekLast();
    if (chunk == null || chunk.remaining() < bytes) {
      chunk = pool.acquire(CHUNK_BYTES);
      filling.add(chunk);
    }
    return chunk;
  }

  /** Bytes appended and not yet taken by the kernel. */
  long queuedBytes() {
    return queuedBytes;
  }

  /**
   * Hands to the kernel what it takes, unless another thread does so already.
   *
   * @return false if the kernel did not take all of it: call again when the channel is writable
   */
  boolean send() throws IOException {
    while (queuedBytes > 0) {
      if (!claim()) {
        return true;
      }
      long sent = 0;
      boolean all = false;
      try {
        sent = channel.write(leaving.toArray(ByteBuffer[]::new));
        while (!leaving.isEmpty() && !leaving.peek().hasRemaining()) {
          pool.release(leaving.remove());
        }
        all = leaving.isEmpty();
      } finally {
        finished(sent);
      }
      if (!all) {
        return false;
      }
    }
    return true;
  }

  private boolean claim() {
    lock.lock();
    try {
      if (sending || closed) {
        return false;
      }
      sending = true;
      filling.forEach(chunk -> leaving.add(chunk.flip()));
      filling = new ArrayDeque<>();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  private void finished(long sent) {
    lock.lock();
    try {
      sending = false;
      queuedBytes -= sent;
    } finally {
      lock.unlock();
    }
  }

  /** Drops what will be appended; what is queued is not sent any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      filling.forEach(pool::release);
      filling.clear();
    } finally {
      lock.unlock();
    }
  }
}
