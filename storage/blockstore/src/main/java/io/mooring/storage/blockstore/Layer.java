package io.mooring.storage.blockstore;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.SnapshotId;
import org.jspecify.annotations.Nullable;

/**
 * One open layer.
 *
 * @param present what the file holds; none for the oldest layer, below which nothing lies: its
 *     holes are the volume's zeros
 */
record Layer(
    LayerRecord record, BlockFile file, SyncQueue syncQueue, @Nullable PresentBlocks present) {

  Layer with(LayerRecord other) {
    return new Layer(other, file, syncQueue, present);
  }

  Layer asOldest() {
    return new Layer(record, file, syncQueue, null);
  }

  boolean holds(long block) {
    PresentBlocks blocks = present;
    return blocks == null || blocks.contains(block);
  }

  boolean isSnapshot(SnapshotId id) {
    return record.isSnapshot() && id.equals(record.snapshot());
  }
}
