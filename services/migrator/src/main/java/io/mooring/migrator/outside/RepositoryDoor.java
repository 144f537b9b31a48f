package io.mooring.migrator.outside;

import io.mooring.migrator.config.MigratorConfig;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.store.Bandwidth;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.Pause;
import io.mooring.storage.backup.store.RetryPolicy;
import io.mooring.storage.backup.store.RetryingStore;
import io.mooring.storage.backup.store.ThrottledStore;
import io.mooring.storage.s3.S3Credentials;
import io.mooring.storage.s3.S3Location;
import io.mooring.storage.s3.S3ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Opens the repository of backups. Every task opens it anew, with a limit of its own. */
public final class RepositoryDoor implements AutoCloseable {

  private static final Duration LOOK = Duration.ofSeconds(10);

  private final S3ObjectStore store;
  private final MigratorConfig config;

  private RepositoryDoor(S3ObjectStore store, MigratorConfig config) {
    this.store = store;
    this.config = config;
  }

  /** Prepares a connection; the first request makes it. */
  public static RepositoryDoor prepare(MigratorConfig config) {
    MigratorConfig.Store store = config.store();
    return new RepositoryDoor(
        S3ObjectStore.connect(
            new S3Location(
                store.endpoint(), store.region(), store.bucket(), store.prefix().orElse("")),
            new S3Credentials(store.accessKey(), store.secretKey()),
            store.timeout()),
        config);
  }

  /** For whoever writes the first backup as well. */
  public Repository openOrCreate(long bytesPerSecond) throws IOException {
    return Repository.openOrCreate(
        limited(bytesPerSecond), passphrase(), InstantSource.system(), new SecureRandom());
  }

  public Repository open(long bytesPerSecond) throws IOException {
    return Repository.open(
        limited(bytesPerSecond), passphrase(), InstantSource.system(), new SecureRandom());
  }

  /** For somebody who waits for an answer: an outage is told soon. */
  public Repository look() throws IOException {
    Duration patience = config.store().patience();
    return Repository.open(
        patient(store, patience.compareTo(LOOK) < 0 ? patience : LOOK),
        passphrase(),
        InstantSource.system(),
        new SecureRandom());
  }

  private ObjectStore limited(long bytesPerSecond) {
    long limit = bytesPerSecond > 0 ? bytesPerSecond : config.transfer().bytesPerSecond();
    return patient(
        new ThrottledStore(store, new Bandwidth(limit, System::nanoTime, Pause.SLEEP)),
        config.store().patience());
  }

  private static ObjectStore patient(ObjectStore store, Duration patience) {
    return new RetryingStore(store, RetryPolicy.lasting(patience), Pause.SLEEP, new SecureRandom());
  }

  /** Read each time, so that a secret that was put in place later counts. */
  private Optional<String> passphrase() throws IOException {
    Optional<java.nio.file.Path> file = config.store().passphraseFile();
    return file.isPresent() ? Optional.of(Files.readString(file.get()).strip()) : Optional.empty();
  }

  @Override
  public void close() {
    store.close();
  }
}
