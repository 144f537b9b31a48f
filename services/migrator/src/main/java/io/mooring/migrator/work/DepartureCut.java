package io.mooring.migrator.work;

import io.mooring.migrator.kafka.KafkaCluster;
import io.mooring.migrator.kafka.KafkaCut;
import io.mooring.schemas.MigrationState;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * What Kafka had committed right before an application that moves was stopped. Brokers that were
 * stopped cannot be asked any more, and they have nothing in memory: all of it must be in the
 * snapshots, and more. It lies in the object store until the backup of the move carries it, so that
 * whoever goes on where another was killed has it too.
 */
final class DepartureCut {

  private static final Logger LOG = Logger.getLogger(DepartureCut.class);

  /** A cluster that is not well is moved without it rather than later. */
  static final Duration ASKED_MAX = Duration.ofSeconds(10);

  private final Surroundings surroundings;
  private final MigrationState migration;

  DepartureCut(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.migration = migration;
  }

  /**
   * Asks, unless an earlier run has, and keeps the answer.
   *
   * @throws IOException if the object store does not take it; then nothing should be stopped either
   */
  void keep(Duration askedMax) throws IOException, InterruptedException {
    Optional<KafkaCluster> cluster = surroundings.kafka();
    if (cluster.isEmpty()) {
      return;
    }
    if (kept().isPresent()) {
      return;
    }
    Optional<KafkaCut> cut = ask(cluster.get(), askedMax);
    if (cut.isPresent()) {
      BackupRequest request =
          new BackupRequest(
              BackupNames.departure(migration),
              migration.getName(),
              List.of(),
              List.of(Contents.written(cut.get())));
      new BackupJob(repository(), request, surroundings.backupSettings(), new TransferProgress())
          .run();
    }
  }

  private Optional<KafkaCut> ask(KafkaCluster cluster, Duration askedMax)
      throws InterruptedException {
    FutureTask<KafkaCut> asked = new FutureTask<>(cluster::cut);
    Thread.ofVirtual().name("cut-" + migration.getName()).start(asked);
    try {
      return Optional.of(asked.get(askedMax.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      LOG.warnf(
          "An application is stopped, and Kafka does not tell what it has committed; migration=%s"
              + " cause=%s",
          migration.getName(), e);
      return Optional.empty();
    } finally {
      asked.cancel(true);
    }
  }

  /** What was kept, if anything was. */
  Optional<KafkaCut> kept() throws IOException {
    Repository repository = repository();
    try {
      return Contents.kafka(repository, repository.backup(BackupNames.departure(migration)));
    } catch (BackupException e) {
      if (e.fault() == Fault.NO_BACKUP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Repository repository() throws IOException {
    return surroundings.repository().openOrCreate(migration.getSpec().getBytesPerSecond());
  }
}
