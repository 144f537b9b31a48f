package io.mooring.migrator.work;

import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.Baseline;
import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.VolumeSource;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Joins the parts under the one root that makes them a backup (I8). Nothing is read again: each
 * volume is what its part says, unchanged.
 */
final class SealWork {

  private static final String JOINED = "joined into the whole backup";

  private final Surroundings surroundings;
  private final MigrationState migration;

  SealWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.migration = migration;
  }

  Findings run() throws IOException, WorkRefusedException {
    Repository repository =
        surroundings.repository().openOrCreate(migration.getSpec().getBytesPerSecond());
    if (!isSealed(repository)) {
      seal(repository);
    }
    for (MigrationVolume volume : migration.getVolumes()) {
      delete(repository, BackupNames.part(migration, volume));
    }
    delete(repository, BackupNames.objects(migration));
    delete(repository, BackupNames.departure(migration));
    return Findings.NONE.withResources(
        migration.getResourcesTotal(), migration.getResourcesTotal());
  }

  private boolean isSealed(Repository repository) throws IOException {
    try {
      repository.backup(migration.getName());
      return true;
    } catch (BackupException e) {
      if (e.fault() == Fault.NO_BACKUP) {
        return false;
      }
      throw e;
    }
  }

  private void seal(Repository repository) throws IOException, WorkRefusedException {
    Contents contents = Contents.of(repository, repository.backup(BackupNames.objects(migration)));
    List<BackupRequest.Volume> volumes = new ArrayList<>();
    for (MigrationVolume volume : migration.getVolumes()) {
      String part = BackupNames.part(migration, volume);
      repository.backup(part);
      volumes.add(
          new BackupRequest.Volume(
              volume.getName(),
              volume.getSnapshotId(),
              new Part(volume.getSizeBytes(), part),
              Optional.of(new Baseline(part, List.of()))));
    }
    BackupRequest request =
        new BackupRequest(migration.getName(), migration.getCut(), volumes, contents.written());
    new BackupJob(repository, request, surroundings.backupSettings(), new TransferProgress()).run();
  }

  private static void delete(Repository repository, String part) throws IOException {
    try {
      repository.delete(part, JOINED);
    } catch (BackupException e) {
      if (e.fault() != Fault.NO_BACKUP) {
        throw e;
      }
    }
  }

  /** A volume that is in the store already; to read it would mean that its part is damaged. */
  private record Part(long sizeBytes, String name) implements VolumeSource {

    @Override
    public List<ByteRange> data(ByteRange within) throws IOException {
      throw damaged();
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      throw damaged();
    }

    private BackupException damaged() {
      return new BackupException(
          Fault.OBJECT_MISSING,
          "What was sent as '%s' is not whole in the object store any more.".formatted(name));
    }
  }
}
