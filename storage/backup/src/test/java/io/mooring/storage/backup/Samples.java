package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.store.ObjectStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Repositories and requests for tests. */
final class Samples {

  static final int VOLUME_BYTES = (33 << 20) + 512;
  static final Optional<String> PASSPHRASE = Optional.of("a secret");
  static final BackupSettings SETTINGS =
      new BackupSettings(1, Limits.PACK_BYTES_MIN, 1 << 20, Duration.ofHours(1), Codec.ZSTD);

  private Samples() {}

  static Repository create(ObjectStore store) throws BackupException {
    return create(store, PASSPHRASE);
  }

  static Repository create(ObjectStore store, Optional<String> passphrase) throws BackupException {
    return Repository.create(store, passphrase, 1, InstantSource.system(), new SecureRandom());
  }

  static Repository open(ObjectStore store) throws BackupException {
    return Repository.open(store, PASSPHRASE, InstantSource.system(), new SecureRandom());
  }

  static BackupRequest request(String name, VolumeSource source) {
    return request(name, "s1", source, Optional.empty());
  }

  static BackupRequest request(
      String name, String snapshot, VolumeSource source, Optional<Baseline> baseline) {
    return new BackupRequest(
        name,
        "cut",
        List.of(new BackupRequest.Volume("data", snapshot, source, baseline)),
        List.of(new BackupRequest.ApplicationContent("manifest", "kind: Kafka".getBytes())));
  }

  static RootObject.Complete backup(Repository repository, BackupRequest request)
      throws BackupException {
    return new BackupJob(repository, request, SETTINGS, new TransferProgress()).run();
  }

  static TransferProgress restore(Repository repository, String backup, VolumeTarget target)
      throws BackupException {
    TransferProgress progress = new TransferProgress();
    new RestoreJob(repository, backup, "data", target, 1, progress).run();
    return progress;
  }
}
