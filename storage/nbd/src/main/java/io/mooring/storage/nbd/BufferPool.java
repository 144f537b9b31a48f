package io.mooring.storage.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers for reuse, in a few sizes. What is released beyond the limit of its size is freed.
 */
final class BufferPool {

  /** Room that every size has beyond a power of two, for a header in front of the data. */
  static final int HEADROOM_BYTES = 64;

  private static final int SMALLEST_BYTES = 8 << 10;

  /** Each size is this many times the one before: 8 KiB, 32 KiB … 32 MiB. */
  private static final int SIZE_STEP = 4;

  private static final int SIZES = 7;
  private static final int KEPT_BYTES_PER_SIZE = 64 << 20;
  private static final int CACHE_LINE_BYTES = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<ArrayDeque<ByteBuffer>> kept = new ArrayList<>();

  BufferPool() {
    for (int i = 0; i < SIZES; i++) {
      kept.add(new ArrayDeque<>());
    }
  }

  /** A cleared buffer of at least {@code bytes}, plus {@link #HEADROOM_BYTES}. */
  ByteBuffer acquire(int bytes) {
    int size = SMALLEST_BYTES;
    for (ArrayDeque<ByteBuffer> ofSize : kept) {
      if (bytes <= size) {
        ByteBuffer reused = poll(ofSize);
        return reused == null ? allocate(size) : reused.clear();
      }
      size *= SIZE_STEP;
    }
    return allocate(bytes);
  }

  void release(ByteBuffer buffer) {
    int size = SMALLEST_BYTES;
    for (ArrayDeque<ByteBuffer> ofSize : kept) {
      if (buffer.capacity() == size + HEADROOM_BYTES) {
        offer(ofSize, buffer);
        return;
      }
      size *= SIZE_STEP;
    }
  }

  private static ByteBuffer allocate(int bytes) {
    int capacity = bytes + HEADROOM_BYTES;
    return ByteBuffer.allocateDirect(capacity + CACHE_LINE_BYTES)
        .alignedSlice(CACHE_LINE_BYTES)
        .slice(0, capacity);
  }

  private @Nullable ByteBuffer poll(ArrayDeque<ByteBuffer> ofSize) {
    lock.lock();
    try {
      return ofSize.poll();
    } finally {
      lock.unlock();
    }
  }

  private void offer(ArrayDeque<ByteBuffer> ofSize, ByteBuffer buffer) {
    lock.lock();
    try {
      if ((ofSize.size() + 1L) * buffer.capacity() <= KEPT_BYTES_PER_SIZE) {
        ofSize.push(buffer);
      }
    } finally {
      lock.unlock();
    }
  }
}
