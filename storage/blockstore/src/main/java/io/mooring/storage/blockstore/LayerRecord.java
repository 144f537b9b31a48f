package io.mooring.storage.blockstore;

import io.mooring.storage.replication.SnapshotId;
import org.jspecify.annotations.Nullable;

/**
 * One layer as the file {@code layers} lists it.
 *
 * @param file name in the replica's directory
 * @param snapshot what the volume was when this layer was the newest; none for the newest
 * @param sizeBytes size of the snapshot; of the newest layer, when it was begun
 * @param deleted the snapshot does not exist any more; the layer is there until it is merged
 */
record LayerRecord(String file, @Nullable SnapshotId snapshot, long sizeBytes, boolean deleted) {

  static LayerRecord newest(String file, long sizeBytes) {
    return new LayerRecord(file, null, sizeBytes, false);
  }

  LayerRecord frozenAs(SnapshotId id, long snapshotBytes) {
    return new LayerRecord(file, id, snapshotBytes, false);
  }

  LayerRecord asDeleted() {
    return new LayerRecord(file, snapshot, sizeBytes, true);
  }

  /** The same layer of the chain, kept in another file from now on. */
  LayerRecord in(String otherFile) {
    return new LayerRecord(otherFile, snapshot, sizeBytes, deleted);
  }

  boolean isSnapshot() {
    return snapshot != null && !deleted;
  }
}
