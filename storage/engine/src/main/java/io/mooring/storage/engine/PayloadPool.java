package io.mooring.storage.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Direct buffers for payloads that outlive the call that brought them, in sizes that are powers of
 * two. What is released beyond the limit of its size is freed.
 */
final class PayloadPool {

  private static final int SMALLEST_SHIFT = 12;
  private static final int LARGEST_SHIFT = 20;
  private static final int KEPT_BYTES_PER_SIZE = 16 << 20;

  private final List<ArrayDeque<ByteBuffer>> kept = new ArrayList<>();

  PayloadPool() {
    for (int shift = SMALLEST_SHIFT; shift <= LARGEST_SHIFT; shift++) {
      kept.add(new ArrayDeque<>());
    }
  }

  /** A buffer with exactly this many bytes remaining. */
  ByteBuffer acquire(int bytes) {
    int size = sizeIndex(bytes);
    if (size >= kept.size()) {
      return ByteBuffer.allocateDirect(bytes);
    }
    ByteBuffer reused;
    synchronized (this) {
      reused = kept.get(size).poll();
    }
    ByteBuffer buffer =
        reused != null ? reused : ByteBuffer.allocateDirect(1 << (SMALLEST_SHIFT + size));
    return buffer.clear().limit(bytes);
  }

  /** A copy of what remains in {@code source}, whose position does not change. */
  ByteBuffer copyOf(ByteBuffer source) {
    ByteBuffer copy = acquire(source.remaining());
    copy.put(source.duplicate());
    return copy.flip();
  }

  void release(ByteBuffer buffer) {
    int size = sizeIndex(buffer.capacity());
    if (size >= kept.size() || buffer.capacity() != 1 << (SMALLEST_SHIFT + size)) {
      return;
    }
    synchronized (this) {
      ArrayDeque<ByteBuffer> ofSize = kept.get(size);
      if ((ofSize.size() + 1L) * buffer.capacity() <= KEPT_BYTES_PER_SIZE) {
        ofSize.push(buffer);
      }
    }
  }

  private static int sizeIndex(int bytes) {
    int shift = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1);
    return Math.max(0, shift - SMALLEST_SHIFT);
  }
}
