package io.mooring.storage.blockstore;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.SnapshotId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The volume as it was when a snapshot was taken. Any number of threads may read while the replica
 * is written to; once the snapshot is deleted every call fails with REP-027.
 */
public final class SnapshotReader {

  private final ReplicaData data;
  private final SnapshotId id;
  private final long sizeBytes;

  SnapshotReader(ReplicaData data, SnapshotId id, long sizeBytes) {
    this.data = data;
    this.id = id;
    this.sizeBytes = sizeBytes;
  }

  public SnapshotId id() {
    return id;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /** Fills the target, which must be off the heap. */
  public void read(long offset, MemorySegment target) throws IOException {
    data.read(layers -> index(layers, id), offset, target);
    index(data.layers(), id); // a snapshot that was deleted meanwhile may be half merged
  }

  /** Visits the ranges that may hold anything but zeros, in ascending order. */
  public void visitAllocated(long from, long to, BlockFile.ExtentVisitor visitor)
      throws IOException {
    data.visit(layers -> index(layers, id), Layers::count, from, to, visitor);
  }

  /**
   * Visits, in ascending order, the ranges in which this snapshot may differ from an older one; the
   * rest is equal. Behind the end of a smaller snapshot are zeros.
   */
  public void visitChangedSince(
      SnapshotId older, long from, long to, BlockFile.ExtentVisitor visitor) throws IOException {
    data.visit(
        layers -> index(layers, id),
        layers -> {
          int index = index(layers, older);
          if (index <= index(layers, id)) {
            throw unknown(older, "it is not older than " + id);
          }
          return index;
        },
        from,
        to,
        visitor);
  }

  static int index(Layers layers, SnapshotId id) throws ReplicaFileException {
    int index = layers.indexOf(id);
    if (index < 0) {
      throw unknown(id, "it was deleted, or this replica was away when it was taken");
    }
    return index;
  }

  static ReplicaFileException unknown(SnapshotId id, String why) {
    return new ReplicaFileException(
        ReplicaProblem.SNAPSHOT_UNKNOWN,
        "Snapshot %s cannot be read here: %s. Use a snapshot that is listed for this volume, on a replica that holds it."
            .formatted(id, why));
  }
}
