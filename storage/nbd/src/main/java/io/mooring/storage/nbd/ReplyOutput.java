package io.mooring.storage.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has still to send, in order. Any thread appends and flushes; nothing here
 * blocks for longer than the kernel copies. Small replies share a buffer, and everything queued
 * leaves in one gathering write.
 */
final class ReplyOutput {

  private static final int SMALL_BUFFER_BYTES = 8 << 10;
  private static final int GATHER_MAX = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final ConnectionSocket socket;
  private final BufferPool pool;
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private final ByteBuffer[] gather = new ByteBuffer[GATHER_MAX];

  /** Collects small replies behind the queue; null until there is one. */
  private @Nullable ByteBuffer open;

  private volatile long queuedBytes;
  private boolean closed;

  ReplyOutput(ConnectionSocket socket, BufferPool pool) {
    this.socket = socket;
    this.pool = pool;
  }

  long queuedBytes() {
    return queuedBytes;
  }

  void simpleReply(long cookie, NbdStatus result) {
    lock.lock();
    try {
      if (!closed) {
        ReplyCodec.simple(room(Protocol.SIMPLE_REPLY_BYTES), cookie, result);
        queuedBytes += Protocol.SIMPLE_REPLY_BYTES;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Queues a buffer of the pool, which goes back there when it is sent. */
  void handOver(ByteBuffer reply) {
    lock.lock();
    try {
      if (closed) {
        pool.release(reply);
        return;
      }
      sealOpen();
      queue.add(reply);
      queuedBytes += reply.remaining();
    } finally {
      lock.unlock();
    }
  }

  /** Queues a copy of a message, of any length. */
  void copy(ByteBuffer message) {
    if (message.remaining() > SMALL_BUFFER_BYTES) {
      handOver(pool.acquire(message.remaining()).put(message).flip());
      return;
    }
    lock.lock();
    try {
      if (!closed) {
        int bytes = message.remaining();
        room(bytes).put(message);
        queuedBytes += bytes;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends what the kernel takes.
   *
   * @return whether nothing is left
   */
  boolean flush() throws IOException {
    if (queuedBytes == 0) {
      return true;
    }
    lock.lock();
    try {
      sealOpen();
      while (!queue.isEmpty()) {
        int count = gather();
        long expected = remaining(count);
        long written = socket.write(gather, count);
        Arrays.fill(gather, 0, count, null);
        queuedBytes -= written;
        releaseSent();
        if (written < expected) {
          return false;
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Drops what is queued; later replies are dropped too. */
  void close() {
    lock.lock();
    try {
      closed = true;
      sealOpen();
      queue.forEach(pool::release);
      queue.clear();
      queuedBytes = 0;
    } finally {
      lock.unlock();
    }
  }

  private ByteBuffer room(int bytes) {
    if (open != null && open.remaining() < bytes) {
      sealOpen();
    }
    if (open == null) {
      open = pool.acquire(SMALL_BUFFER_BYTES);
    }
    return open;
  }

  private void sealOpen() {
    if (open != null) {
      queue.add(open.flip());
      open = null;
    }
  }

  private int gather() {
    int count = 0;
    for (Iterator<ByteBuffer> i = queue.iterator(); i.hasNext() && count < GATHER_MAX; ) {
      gather[count++] = i.next();
    }
    return count;
  }

  private long remaining(int count) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += gather[i].remaining();
    }
    return bytes;
  }

  private void releaseSent() {
    for (ByteBuffer head = queue.peek();
        head != null && !head.hasRemaining();
        head = queue.peek()) {
      pool.release(queue.remove());
    }
  }
}
