package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.PresentBlocks.BLOCK_BYTES;

import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Objects;
import java.util.concurrent.locks.Lock;

/**
 * Changes of a replica that has layers. The newest layer holds a block if and only if its file has
 * it, so what hides older data must be written, zeros too; only where no older layer has data a
 * hole will do.
 */
final class LayeredWrites {

  private static final MemorySegment ZEROS =
      Arena.global().allocate(LayerStripes.STRIPE_BYTES, BLOCK_BYTES);

  private final LayerStripes stripes;

  LayeredWrites(LayerStripes stripes) {
    this.stripes = stripes;
  }

  /** Reads what the replica holds now, whatever layers it has. */
  @FunctionalInterface
  interface Reader {
    void read(long offset, MemorySegment target) throws IOException;
  }

  void write(Layer newest, long offset, MemorySegment source, Reader reader) throws IOException {
    long end = offset + source.byteSize();
    for (long at = offset; at < end; ) {
      long length = LayerStripes.pieceBytes(at, end);
      writePiece(newest, at, source.asSlice(at - offset, length), reader);
      at += length;
    }
  }

  private void writePiece(Layer newest, long offset, MemorySegment piece, Reader reader)
      throws IOException {
    boolean wholeBlocks = offset % BLOCK_BYTES == 0 && piece.byteSize() % BLOCK_BYTES == 0;
    Lock lock = wholeBlocks ? stripes.shared(offset) : stripes.exclusive(offset);
    lock.lock();
    try {
      if (wholeBlocks) {
        put(newest, offset, piece);
      } else {
        putPart(newest, offset, piece, reader);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void put(Layer newest, long offset, MemorySegment blocks) throws IOException {
    newest.file().write(offset, blocks);
    present(newest).addAll(offset / BLOCK_BYTES, (offset + blocks.byteSize() - 1) / BLOCK_BYTES);
  }

  /** A block is in one layer only, so the rest of it comes along. */
  private static void putPart(Layer newest, long offset, MemorySegment part, Reader reader)
      throws IOException {
    long start = offset / BLOCK_BYTES * BLOCK_BYTES;
    long end = (offset + part.byteSize() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = arena.allocate(end - start, BLOCK_BYTES);
      reader.read(start, whole);
      MemorySegment.copy(part, 0, whole, offset - start, part.byteSize());
      put(newest, start, whole);
    }
  }

  /** Makes a range read as zeros; called by a thread that may wait. */
  void zero(Layers layers, long offset, long length, Reader reader) throws IOException {
    long end = offset + length;
    for (long at = offset; at < end; ) {
      long bytes = LayerStripes.pieceBytes(at, end);
      if (at % BLOCK_BYTES != 0 || bytes % BLOCK_BYTES != 0) {
        writePiece(layers.newest(), at, ZEROS.asSlice(0, bytes), reader);
      } else {
        zeroBlocks(layers, at, bytes);
      }
      at += bytes;
    }
  }

  private void zeroBlocks(Layers layers, long offset, long length) throws IOException {
    Lock lock = stripes.shared(offset);
    lock.lock();
    try {
      BitSet below = layers.held(1, layers.count(), offset, offset + length);
      int blocks = (int) (length / BLOCK_BYTES);
      for (int run = 0; run < blocks; ) {
        boolean hides = below.get(run);
        int next = hides ? below.nextClearBit(run) : below.nextSetBit(run);
        int runEnd = next < 0 ? blocks : Math.min(blocks, next);
        long from = offset + (long) run * BLOCK_BYTES;
        long bytes = (long) (runEnd - run) * BLOCK_BYTES;
        if (hides) {
          put(layers.newest(), from, ZEROS.asSlice(0, bytes));
        } else {
          punch(layers.newest(), from, bytes);
        }
        run = runEnd;
      }
    } finally {
      lock.unlock();
    }
  }

  private static void punch(Layer newest, long offset, long length) throws IOException {
    BlockFile file = newest.file();
    file.punchHole(offset, length);
    present(newest).removeAll(offset / BLOCK_BYTES, (offset + length - 1) / BLOCK_BYTES);
  }

  static PresentBlocks present(Layer upper) {
    return Objects.requireNonNull(upper.present(), "only the oldest layer has no map");
  }
}
