package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.PresentBlocks.BLOCK_BYTES;

import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Makes one layer of two neighbours, of which the lower one belongs to a deleted snapshot. What is
 * visible through the upper one stays the same at every moment, so a merge may be cut off anywhere
 * and begun anew, in either direction.
 *
 * <p>Up: what only the lower one holds is copied into the upper one. Writes go on in the newest
 * layer, so a stripe is locked while it is copied, and a block that is there by then is left alone.
 * Down: all of the upper one is copied over the lower one; for two frozen layers, when that is
 * less. Nobody reads through the lower one alone any more.
 */
final class LayerMerge {

  /** Leaves most of a drive to the clients. */
  private static final long BYTES_PER_SECOND = 64L << 20;

  private static final long WRITEBACK_BYTES = 32L << 20;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Layers.Pair pair;
  private final LayerStripes stripes;
  private final BooleanSupplier stopped;

  LayerMerge(Layers.Pair pair, LayerStripes stripes, BooleanSupplier stopped) {
    this.pair = pair;
    this.stripes = stripes;
    this.stopped = stopped;
  }

  /** Which layer holds everything in the end. */
  enum Direction {
    UP,
    DOWN
  }

  static Direction cheaper(Layers.Pair pair, boolean upperIsNewest) throws IOException {
    boolean less = pair.upper().file().allocatedBytes() <= pair.lower().file().allocatedBytes();
    return !upperIsNewest && less ? Direction.DOWN : Direction.UP;
  }

  /** True when everything is copied and durable; false if it was stopped before. */
  boolean run(Direction direction) throws IOException {
    Layer target = direction == Direction.UP ? pair.upper() : pair.lower();
    if (target.file().size() < pair.upper().file().size()) {
      target.file().truncate(pair.upper().file().size());
    }
    boolean complete = direction == Direction.UP ? copyUp() : copyDown();
    if (complete) {
      target.syncQueue().flushNow();
    }
    return complete;
  }

  private boolean copyUp() throws IOException {
    PresentBlocks present = LayeredWrites.present(pair.upper());
    return copy(
        pair.lower(),
        pair.upper(),
        (blocks, first) -> {
          BitSet there = new BitSet();
          present.addTo(there, first, first + blocks.length() - 1);
          blocks.andNot(there);
        });
  }

  private boolean copyDown() throws IOException {
    return copy(pair.upper(), pair.lower(), (blocks, first) -> {});
  }

  /** Takes out of a stripe's blocks what must not be copied. */
  private interface Filter {
    void apply(BitSet blocks, long first);
  }

  private boolean copy(Layer from, Layer to, Filter filter) throws IOException {
    long size = from.file().size();
    long copied = 0;
    Layers source = new Layers(List.of(from));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(LayerStripes.STRIPE_BYTES, BLOCK_BYTES);
      for (long at = 0; at < size; at += LayerStripes.STRIPE_BYTES) {
        if (stopped.getAsBoolean()) {
          return false;
        }
        long end = Math.min(size, at + LayerStripes.STRIPE_BYTES);
        BitSet blocks = source.held(0, 1, at, end);
        if (blocks.isEmpty()) {
          continue;
        }
        LockSupport.parkNanos(copyStripe(from, to, at, blocks, filter, buffer) / pace());
        copied += blocks.cardinality() * (long) BLOCK_BYTES;
        if (copied >= WRITEBACK_BYTES) {
          to.file().startWriteback(0, 0); // so that a client's flush does not have to wait for it
          copied = 0;
        }
      }
    }
    return true;
  }

  private static long pace() {
    return BYTES_PER_SECOND / (1 << 20);
  }

  /** Returns how long the copied bytes would take at one MiB a second, in nanoseconds. */
  private long copyStripe(
      Layer from, Layer to, long offset, BitSet blocks, Filter filter, MemorySegment buffer)
      throws IOException {
    Lock lock = stripes.exclusive(offset);
    lock.lock();
    try {
      filter.apply(blocks, offset / BLOCK_BYTES);
      for (int run = blocks.nextSetBit(0); run >= 0; ) {
        int runEnd = blocks.nextClearBit(run);
        long start = offset + (long) run * BLOCK_BYTES;
        MemorySegment part = buffer.asSlice(0, (long) (runEnd - run) * BLOCK_BYTES);
        Layers.readFully(from, start, part);
        put(to, start, part);
        run = blocks.nextSetBit(runEnd);
      }
    } finally {
      lock.unlock();
    }
    return blocks.cardinality() * (NANOS_PER_SECOND * BLOCK_BYTES >> 20);
  }

  private static void put(Layer to, long offset, MemorySegment blocks) throws IOException {
    BlockFile file = to.file();
    file.write(offset, blocks);
    PresentBlocks present = to.present();
    if (present != null) {
      long first = offset / BLOCK_BYTES;
      present.addAll(first, first + blocks.byteSize() / BLOCK_BYTES - 1);
    }
  }
}
