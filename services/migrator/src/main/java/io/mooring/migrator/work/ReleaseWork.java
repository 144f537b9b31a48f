package io.mooring.migrator.work;

import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.SnapshotSet;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import java.io.IOException;
import java.util.Optional;

/**
 * Gives back what nobody needs any more. Of a backup these are commands of its rules, its
 * snapshots, unless they are kept for the next one, and those that were kept for this one. Of a
 * restore that failed these are the attachments of volumes that it was about to fill.
 */
final class ReleaseWork {

  private final Surroundings surroundings;
  private final VolumeManagerClient manager;
  private final MigrationState migration;

  ReleaseWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.manager = surroundings.manager();
    this.migration = migration;
  }

  Findings run() throws IOException, InterruptedException {
    if (migration.getKind() == MigrationKind.RESTORE) {
      for (MigrationVolume volume : migration.getVolumes()) {
        if (volume.getStatus() != TransferStatus.COMPLETE) {
          detach(volume);
        }
      }
    } else {
      endRules();
      deleteSnapshots();
    }
    return Findings.NONE;
  }

  /** A run that was killed may have left commands in pods. */
  void endRules() throws IOException, InterruptedException {
    surroundings.ruleBefore(migration).end();
    surroundings.ruleAfter(migration).end();
  }

  void detach(MigrationVolume planned) throws IOException {
    Optional<KnownVolume> volume = manager.volume(planned.getName());
    boolean ours =
        volume
            .filter(here ->
                here.id().equals(planned.getVolumeId())
                    || migration.getName().equals(here.parameters().get(KnownVolume.RESTORED_BY)))
            .isPresent();
    if (ours && volume.get().isPublishedFor(VolumeLoan.purpose(migration))) {
      giveBack(volume.get());
    }
  }

  /** A node that stays silent is fenced: the volume is worth nothing, and its next use much. */
  private void giveBack(KnownVolume volume) throws IOException {
    String purpose = VolumeLoan.purpose(migration);
    boolean patient =
        migration.getStep() != MigrationStep.RELEASE
            || migration.getAttempt() <= VolumeLoan.PATIENT_ATTEMPTS;
    if (patient || surroundings.agents().answers(volume.holder())) {
      surroundings
          .agents()
          .of(volume.holder())
          .withdrawVolume(volume.id(), volume.publication().epoch());
      manager.unpublish(volume.id(), volume.holder(), purpose);
    } else {
      manager.unpublishByForce(volume.id(), volume.holder(), purpose);
    }
  }

  private void deleteSnapshots() throws IOException {
    boolean failed = !migration.getReason().isEmpty();
    boolean kept = migration.getSpec().getKeepSnapshots() && !failed;
    for (SnapshotSet set : manager.snapshotSets()) {
      boolean own = migration.getName().equals(set.labels().get(SnapshotWork.OWNER));
      boolean base = !failed && set.id().equals(migration.getBaseSet());
      if (base || own && !(kept && set.id().equals(migration.getSnapshotSet()))) {
        manager.deleteSnapshots(set.id());
      }
    }
  }
}
