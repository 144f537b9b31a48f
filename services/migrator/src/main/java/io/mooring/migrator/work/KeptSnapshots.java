package io.mooring.migrator.work;

import io.mooring.migrator.outside.SnapshotSet;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.schemas.MigrationState;
import java.io.IOException;

/**
 * Ends a group snapshot: the set that was decided on is there, and no other of it. Two runs of the
 * task that takes it may both have taken one.
 */
final class KeptSnapshots {

  private final VolumeManagerClient manager;
  private final MigrationState migration;

  KeptSnapshots(VolumeManagerClient manager, MigrationState migration) {
    this.manager = manager;
    this.migration = migration;
  }

  /**
   * @throws WorkRefusedException if somebody has deleted it
   */
  Findings run() throws IOException, WorkRefusedException {
    boolean there = false;
    for (SnapshotSet set : manager.snapshotSets()) {
      if (set.id().equals(migration.getSnapshotSet())) {
        there = set.isReady();
      } else if (migration.getName().equals(set.labels().get(SnapshotWork.OWNER))) {
        manager.deleteSnapshots(set.id());
      }
    }
    if (!there) {
      throw SnapshotWork.gone(migration.getSnapshotSet());
    }
    return Findings.NONE;
  }
}
