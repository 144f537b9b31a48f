package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.PresentBlocks.BLOCK_BYTES;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.SnapshotId;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a replica at one moment, newest first. Immutable; a block is read from the newest
 * layer that holds it.
 */
final class Layers {

  private final Layer[] newestFirst;

  Layers(List<Layer> newestFirst) {
    this.newestFirst = newestFirst.toArray(Layer[]::new);
  }

  Layer newest() {
    return newestFirst[0];
  }

  /** True if there is nothing below the newest layer: it is the volume. */
  boolean isPlain() {
    return newestFirst.length == 1;
  }

  List<Layer> all() {
    return List.of(newestFirst);
  }

  /** As the file lists them, oldest first. */
  List<LayerRecord> records() {
    List<LayerRecord> records = new ArrayList<>();
    for (int i = newestFirst.length - 1; i >= 0; i--) {
      records.add(newestFirst[i].record());
    }
    return records;
  }

  /** Where the layer of a snapshot is, or -1. */
  int indexOf(SnapshotId snapshot) {
    for (int i = 1; i < newestFirst.length; i++) {
      if (newestFirst[i].isSnapshot(snapshot)) {
        return i;
      }
    }
    return -1;
  }

  /** The oldest layer whose snapshot was deleted, and the one above it; none if there is none. */
  @Nullable Pair oldestDeleted() {
    for (int i = newestFirst.length - 1; i > 0; i--) {
      if (newestFirst[i].record().deleted()) {
        return new Pair(newestFirst[i - 1], newestFirst[i], i == newestFirst.length - 1);
      }
    }
    return null;
  }

  /**
   * Two neighbours.
   *
   * @param oldest the lower one is the oldest of all
   */
  record Pair(Layer upper, Layer lower, boolean oldest) {}

  /** Fills the target as it was when layer {@code from} was the newest. */
  void read(int from, long offset, MemorySegment target) throws IOException {
    if (from == newestFirst.length - 1) {
      readFully(newestFirst[from], offset, target);
      return;
    }
    long end = offset + target.byteSize();
    long position = offset;
    while (position < end) {
      Layer owner = owner(from, position / BLOCK_BYTES);
      long runEnd = (position / BLOCK_BYTES + 1) * BLOCK_BYTES;
      while (runEnd < end && owner(from, runEnd / BLOCK_BYTES) == owner) {
        runEnd += BLOCK_BYTES;
      }
      runEnd = Math.min(runEnd, end);
      readOne(owner, position, target.asSlice(position - offset, runEnd - position));
      position = runEnd;
    }
  }

  /** The typed form of a failed read: a layer does not give back what it holds. */
  static void readFully(Layer layer, long offset, MemorySegment target) throws IOException {
    try {
      layer.file().readFully(offset, target);
    } catch (IOException e) {
      throw unreadable(layer, e);
    }
  }

  /**
   * Behind the end of the oldest layer, if it was frozen before the volume grew, are zeros.
   * Anything else that is missing is lost, not zero.
   */
  private static void readOne(Layer layer, long offset, MemorySegment target) throws IOException {
    long read;
    try {
      read = layer.file().read(offset, target);
    } catch (IOException e) {
      throw unreadable(layer, e);
    }
    if (read < target.byteSize()) {
      long end = offset + read;
      if (layer.present() != null || end < layer.record().sizeBytes()) {
        throw unreadable(layer, new EOFException("the file ends at " + end));
      }
      target.asSlice(read).fill((byte) 0);
    }
  }

  private static ReplicaFileException unreadable(Layer layer, IOException cause) {
    return new ReplicaFileException(
        ReplicaProblem.UNREADABLE,
        "Cannot read %s: %s. The replica is replaced unless it is the last in sync. Check the drive of the pool (dmesg, smartctl) and replace it if it is failing."
            .formatted(layer.file(), cause.getMessage()),
        cause);
  }

  private Layer owner(int from, long block) {
    int last = newestFirst.length - 1;
    for (int i = from; i < last; i++) {
      if (newestFirst[i].holds(block)) {
        return newestFirst[i];
      }
    }
    return newestFirst[last];
  }

  /**
   * Visits what the layers from {@code from} (inclusive, newer) to {@code to} (exclusive) hold, in
   * ascending order, cut to {@code [start, end)}.
   */
  void visit(int from, int to, long start, long end, BlockFile.ExtentVisitor visitor)
      throws IOException {
    if (from == newestFirst.length - 1) {
      newestFirst[from].file().visitData(start, end, visitor);
      return;
    }
    BitSet blocks = held(from, to, start, end);
    long first = start / BLOCK_BYTES;
    for (int run = blocks.nextSetBit(0); run >= 0; ) {
      int runEnd = blocks.nextClearBit(run);
      long runStart = Math.max(start, (first + run) * BLOCK_BYTES);
      visitor.extent(runStart, Math.min(end, (first + runEnd) * BLOCK_BYTES) - runStart);
      run = blocks.nextSetBit(runEnd);
    }
  }

  /** Blocks of the range that any of these layers holds, counted from the range's first. */
  BitSet held(int from, int to, long start, long end) throws IOException {
    long first = start / BLOCK_BYTES;
    long last = (end - 1) / BLOCK_BYTES;
    BitSet blocks = new BitSet();
    for (int i = from; i < to; i++) {
      PresentBlocks present = newestFirst[i].present();
      if (present != null) {
        present.addTo(blocks, first, last);
      } else {
        newestFirst[i]
            .file()
            .visitData(
                start,
                end,
                (offset, length) ->
                    blocks.set(
                        (int) (offset / BLOCK_BYTES - first),
                        (int) ((offset + length - 1) / BLOCK_BYTES - first) + 1));
      }
    }
    return blocks;
  }

  int count() {
    return newestFirst.length;
  }

  long allocatedBytes() throws IOException {
    long bytes = 0;
    for (Layer layer : newestFirst) {
      bytes += layer.file().allocatedBytes();
    }
    return bytes;
  }

  void close() {
    for (Layer layer : newestFirst) {
      layer.file().close();
    }
  }
}
