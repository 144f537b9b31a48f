package io.mooring.migrator.work;

import io.mooring.migrator.outside.AgentClient;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.work.VolumeLoan.Lent;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.storage.backup.NbdVolume;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.RestoreJob;
import io.mooring.storage.backup.TargetCheck;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Makes one volume, fills it, reads it again and gives it back detached. Until then it is half, and
 * volume-manager gives it to nobody else; until its first 64 KiB are written, which is last, it has
 * no superblock either. It is complete only after it was read through an export that nobody can
 * write to.
 */
final class FillWork {

  private final Surroundings surroundings;
  private final VolumeManagerClient manager;
  private final MigrationState migration;
  private final MigrationVolume planned;

  FillWork(Surroundings surroundings, MigrationState migration, MigrationVolume planned) {
    this.surroundings = surroundings;
    this.manager = surroundings.manager();
    this.migration = migration;
    this.planned = planned;
  }

  Findings run(Board board) throws IOException, WorkRefusedException, InterruptedException {
    Repository repository = surroundings.repository().open(migration.getSpec().getBytesPerSecond());
    TransferProgress progress = new TransferProgress();
    board.show(planned, progress);
    VolumeLoan loan = new VolumeLoan(surroundings, migration, planned);
    KnownVolume volume = made();
    OptionalLong filled = loan.filledBefore(volume);
    if (filled.isPresent()) {
      // Its report was lost. Somebody may use the volume by now, so that it is not looked at again.
      return complete(progress, volume.id(), filled.getAsLong());
    }
    Lent lent = loan.take(volume);
    // Whoever held the export before, such as an earlier run of this task, is cut off.
    withdraw(lent);
    if (!isComplete(repository, lent)) {
      try (NbdVolume target = export(lent, false)) {
        new RestoreJob(
                repository,
                migration.getSpec().getBackup(),
                planned.getName(),
                target,
                surroundings.transfer().workers(),
                progress)
            .run();
      }
      withdraw(lent);
      check(repository, lent);
    }
    withdraw(lent);
    loan.giveBack(lent);
    return complete(progress, lent.id(), lent.epoch());
  }

  /** Its epoch is not that of the volume, which somebody may have attached already. */
  private Findings complete(TransferProgress progress, String id, long epoch) {
    MigrationVolume filled = Board.news(planned, progress);
    filled.setDoneBytes(planned.getSizeBytes());
    filled.setVolumeId(id);
    filled.setEpoch(epoch);
    return Findings.ofVolumes(List.of(filled));
  }

  /**
   * An earlier run of this task may have filled it, and its report may be on its way: then nothing
   * is written. What is not filled differs early, so that this takes no time.
   */
  private boolean isComplete(Repository repository, Lent lent)
      throws IOException, InterruptedException {
    try {
      check(repository, lent);
      return true;
    } catch (BackupException e) {
      if (e.fault() == Fault.TARGET_DIFFERS) {
        return false;
      }
      throw e;
    } finally {
      withdraw(lent);
    }
  }

  private void check(Repository repository, Lent lent) throws IOException, InterruptedException {
    try (NbdVolume target = export(lent, true)) {
      new TargetCheck(
              repository,
              migration.getSpec().getBackup(),
              planned.getName(),
              target,
              surroundings.transfer().workers())
          .run();
    }
  }

  /** A new volume carries the name of this restore, so that no other one can be taken for it. */
  private KnownVolume made() throws IOException, WorkRefusedException {
    if (planned.getVolumeId().isEmpty()) {
      Map<String, String> parameters = new LinkedHashMap<>(planned.getParameters());
      parameters.put(KnownVolume.RESTORED_BY, migration.getName());
      KnownVolume volume =
          manager.create(
              planned.getName(), planned.getSizeBytes(), parameters, VolumeLoan.purpose(migration));
      if (!migration.getName().equals(volume.parameters().get(KnownVolume.RESTORED_BY))) {
        throw VolumeLoan.notOurs(planned, "no label names this restore.");
      }
      return volume;
    }
    KnownVolume volume =
        manager
            .volume(planned.getVolumeId())
            .orElseThrow(() ->
                new WorkRefusedException(
                    "MIG-067 Volume '%s' is gone. Somebody deleted it while it was to be restored."
                            .formatted(planned.getName())
                        + " Restore it again."));
    if (volume.sizeBytes() < planned.getSizeBytes()) {
      throw new WorkRefusedException(
          "MIG-068 Volume '%s' is smaller than in the backup. It has grown on the source. Expand it"
                  .formatted(planned.getName())
              + " to %d bytes and restore again.".formatted(planned.getSizeBytes()));
    }
    return volume;
  }

  /** An agent opens a volume that nobody has staged only for writing, and then exports it so. */
  private NbdVolume export(Lent lent, boolean readOnly) throws IOException, InterruptedException {
    AgentClient agent = surroundings.agents().of(lent.node());
    Duration patience = surroundings.transfer().patience();
    AgentClient.Export export =
        Patience.until(patience, () -> agent.exportVolume(lent.id(), lent.epoch(), false));
    if (readOnly) {
      export = Patience.until(patience, () -> agent.exportVolume(lent.id(), lent.epoch(), true));
    }
    return export.connect(surroundings.transfer().nbdTimeout());
  }

  /** Closes the volume, and cuts off whoever uses its export. */
  private void withdraw(Lent lent) throws IOException, InterruptedException {
    AgentClient agent = surroundings.agents().of(lent.node());
    Patience.until(
        surroundings.transfer().patience(),
        () -> {
          agent.withdrawVolume(lent.id(), lent.epoch());
          return true;
        });
  }
}
