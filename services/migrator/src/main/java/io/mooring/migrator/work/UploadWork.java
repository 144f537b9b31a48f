package io.mooring.migrator.work;

import io.mooring.migrator.outside.AgentClient;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.Baseline;
import io.mooring.storage.backup.NbdVolume;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.TransferProgress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Reads one snapshot from a node that holds it and writes it to the object store. */
final class UploadWork {

  private static final Logger LOG = Logger.getLogger(UploadWork.class);

  private final Surroundings surroundings;
  private final Uploads uploads;
  private final MigrationState migration;
  private final MigrationVolume volume;

  UploadWork(
      Surroundings surroundings,
      Uploads uploads,
      MigrationState migration,
      MigrationVolume volume) {
    this.surroundings = surroundings;
    this.uploads = uploads;
    this.migration = migration;
    this.volume = volume;
  }

  Findings run(Board board) throws IOException, WorkRefusedException, InterruptedException {
    AgentClient agent = agent();
    Repository repository =
        surroundings.repository().openOrCreate(migration.getSpec().getBytesPerSecond());
    TransferProgress progress = new TransferProgress();
    board.show(volume, progress);
    AgentClient.Export export =
        Patience.until(
            surroundings.transfer().patience(),
            () -> agent.exportSnapshot(volume.getVolumeId(), volume.getSnapshotId()));
    try (NbdVolume source = export.connect(surroundings.transfer().nbdTimeout())) {
      BackupRequest request =
          new BackupRequest(
              BackupNames.part(migration, volume),
              migration.getCut(),
              List.of(
                  new BackupRequest.Volume(
                      volume.getName(), volume.getSnapshotId(), source, baseline(agent))),
              List.of());
      uploads.together(
          migration.getName(),
          shared ->
              new BackupJob(repository, request, surroundings.backupSettings(), progress, shared)
                  .run());
    } finally {
      withdraw(agent);
    }
    MigrationVolume moved = Board.news(volume, progress);
    moved.setDoneBytes(volume.getSizeBytes());
    return Findings.ofVolumes(List.of(moved));
  }

  /** Another try asks another node. */
  private AgentClient agent() throws IOException, WorkRefusedException {
    List<String> holders =
        volume.getHolders().stream().filter(surroundings.agents()::isKnown).toList();
    if (volume.getHolders().isEmpty()) {
      throw new WorkRefusedException(
          "MIG-064 Snapshot '%s' cannot be read. No node holds it. Begin another migration."
              .formatted(volume.getSnapshotId()));
    }
    List<String> candidates = holders.isEmpty() ? volume.getHolders() : holders;
    return surroundings.agents().of(candidates.get((volume.getAttempt() - 1) % candidates.size()));
  }

  private Optional<Baseline> baseline(AgentClient agent) throws IOException {
    if (migration.getBase().isEmpty() || volume.getBaseSnapshotId().isEmpty()) {
      return Optional.empty();
    }
    return agent
        .changes(volume.getVolumeId(), volume.getSnapshotId(), volume.getBaseSnapshotId())
        .map(changed -> new Baseline(migration.getBase(), changed));
  }

  private void withdraw(AgentClient agent) throws IOException {
    try {
      agent.withdrawSnapshot(volume.getVolumeId(), volume.getSnapshotId());
    } catch (OutsideException e) {
      // It goes with the snapshot; what was read stays good.
      LOG.warnf("An export is left to its agent; node=%s cause=%s", agent.node(), e.getMessage());
    }
  }
}
