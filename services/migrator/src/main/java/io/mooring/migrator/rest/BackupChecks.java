package io.mooring.migrator.rest;

import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.VerifyJob;
import io.mooring.storage.backup.VerifyReport;
import io.mooring.storage.backup.fault.BackupException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Checks of backups on this instance. They change nothing, so that a lost one is begun again. */
@ApplicationScoped
public class BackupChecks {

  private static final Logger LOG = Logger.getLogger(BackupChecks.class);

  /**
   * A check.
   *
   * @param good null while it runs, or if it could not be done
   * @param failure why it could not be done
   */
  public record CheckView(
      String backup,
      double fraction,
      boolean running,
      @Nullable Boolean good,
      long totalBytes,
      long doneBytes,
      long chunks,
      long chunksRead,
      long bytesRead,
      List<VerifyReport.Damage> damages,
      @Nullable String failure) {}

  private static final class Check {
    private final String backup;
    private final double fraction;
    private final TransferProgress progress = new TransferProgress();
    private volatile @Nullable VerifyReport report;
    private volatile @Nullable String failure;

    Check(String backup, double fraction) {
      this.backup = backup;
      this.fraction = fraction;
    }

    boolean isRunning() {
      return report == null && failure == null;
    }

    CheckView view() {
      TransferProgress.Reading reading = progress.reading();
      VerifyReport found = report;
      return new CheckView(
          backup,
          fraction,
          isRunning(),
          found == null ? null : found.isGood(),
          reading.totalBytes(),
          reading.doneBytes(),
          found == null ? 0 : found.chunks(),
          found == null ? 0 : found.chunksRead(),
          found == null ? 0 : found.bytesRead(),
          found == null ? List.of() : found.damages(),
          failure);
    }
  }

  private final Map<String, Check> checks = new ConcurrentHashMap<>();
  private final RepositoryDoor door;
  private final int workers;

  BackupChecks(RepositoryDoor door, MigratorConfig config) {
    this.door = door;
    this.workers = config.transfer().workers();
  }

  /**
   * Begins a check, unless one of this backup runs.
   *
   * @throws BackupException if there is no such backup
   */
  CheckView begin(String backup, double fraction) throws IOException {
    Repository repository = door.open(0);
    repository.backup(backup);
    return checks
        .compute(
            backup,
            (_, present) ->
                present != null && present.isRunning()
                    ? present
                    : started(repository, backup, fraction))
        .view();
  }

  Optional<CheckView> of(String backup) {
    return Optional.ofNullable(checks.get(backup)).map(Check::view);
  }

  private Check started(Repository repository, String backup, double fraction) {
    Check check = new Check(backup, fraction);
    long seed = new SecureRandom().nextLong();
    Thread.ofVirtual()
        .name("verify-" + backup)
        .start(() -> {
          try {
            check.report =
                new VerifyJob(repository, backup, fraction, seed, workers, check.progress).run();
          } catch (BackupException | RuntimeException e) {
            LOG.warnf(e, "A backup could not be verified; backup=%s", backup);
            check.failure = String.valueOf(e.getMessage());
          }
        });
    return check;
  }
}
