package io.mooring.storage.blockstore;

import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.VolumeId;
import java.util.UUID;

/**
 * The superblock as it is on disk: what the protocol wants kept, whose it is, and how to tell after
 * a restart whether memory was lost.
 *
 * @param boot the run of the machine's kernel that last had the replica open
 * @param clean everything was flushed when the replica was closed
 */
record Superblock(
    VolumeId volume,
    ReplicaId replica,
    ReplicaRecord.Superblock content,
    UUID boot,
    boolean clean) {

  Superblock withContent(ReplicaRecord.Superblock changed) {
    return new Superblock(volume, replica, changed, boot, clean);
  }

  Superblock openedIn(UUID currentBoot) {
    return new Superblock(volume, replica, content, currentBoot, false);
  }

  Superblock closedClean() {
    return new Superblock(volume, replica, content, boot, true);
  }
}
