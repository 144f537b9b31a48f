package io.mooring.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes blocks to random places, each filled with its place and a stamp, each made durable before
 * the next; knows what every block must read as.
 */
final class StampedWriter implements Runnable {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 4096;

  private final Path path;
  private final long[] stamps = new long[BLOCKS];
  private final AtomicLong writes = new AtomicLong();
  private volatile boolean stopped;
  private volatile @Nullable IOException failure;
  private volatile long longestPauseNanos;

  StampedWriter(Path path) {
    this.path = path;
  }

  @Override
  public void run() {
    Random random = new Random(7);
    try (BlockFile file = BlockFile.open(path, BlockFile.Access.CREATE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(BLOCK, BLOCK);
      while (!stopped) {
        int place = random.nextInt(BLOCKS);
        long stamp = writes.get() + 1;
        fill(block, place, stamp);
        long started = System.nanoTime();
        file.write((long) place * BLOCK, block);
        file.dataSync();
        longestPauseNanos = Math.max(longestPauseNanos, System.nanoTime() - started);
        stamps[place] = stamp;
        progress(stamp);
      }
    } catch (IOException e) {
      failure = e;
      progress(Long.MAX_VALUE);
    }
  }

  void stop() {
    stopped = true;
  }

  /** Also returns when the writer has failed. */
  synchronized void awaitWrites(long count) throws InterruptedException {
    while (writes.get() < count) {
      wait();
    }
  }

  long writes() {
    return writes.get();
  }

  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  Duration longestPause() {
    return Duration.ofNanos(longestPauseNanos);
  }

  /** Blocks that read as anything but their last durable contents. */
  List<Integer> wrongBlocks() throws IOException {
    List<Integer> wrong = new ArrayList<>();
    try (BlockFile file = BlockFile.open(path, BlockFile.Access.READ_ONLY);
        Arena arena = Arena.ofConfined()) {
      MemorySegment expected = arena.allocate(BLOCK, BLOCK);
      MemorySegment actual = arena.allocate(BLOCK, BLOCK);
      for (int place = 0; place < BLOCKS; place++) {
        if (stamps[place] != 0) {
          fill(expected, place, stamps[place]);
          file.readFully((long) place * BLOCK, actual);
          if (actual.mismatch(expected) != -1) {
            wrong.add(place);
          }
        }
      }
    }
    return wrong;
  }

  private synchronized void progress(long count) {
    writes.set(count);
    notifyAll();
  }

  private static void fill(MemorySegment block, int place, long stamp) {
    for (long at = 0; at < BLOCK; at += 2 * Long.BYTES) {
      block.set(JAVA_LONG, at, place);
      block.set(JAVA_LONG, at + Long.BYTES, stamp);
    }
  }
}
