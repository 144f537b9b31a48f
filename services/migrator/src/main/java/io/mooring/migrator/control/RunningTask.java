package io.mooring.migrator.control;

import io.mooring.migrator.outside.OutsideException;
import io.mooring.migrator.work.Board;
import io.mooring.migrator.work.Findings;
import io.mooring.migrator.work.WorkRefusedException;
import io.mooring.migrator.work.Workshop;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.TaskOutcome;
import io.mooring.schemas.TransferReport;
import io.mooring.schemas.TransferTask;
import io.mooring.storage.backup.fault.BackupException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** One task on this instance, from its beginning to its report. */
final class RunningTask {

  private static final Logger LOG = Logger.getLogger(RunningTask.class);
  private static final Duration REPORT_AGAIN = Duration.ofSeconds(2);

  private final int partition;
  private final TransferTask task;
  private final Tools tools;
  private final Board board = new Board();
  private final Thread thread;
  private volatile boolean abandoned;

  /**
   * What all tasks of an instance share.
   *
   * @param slots for those that move volumes, which take memory; others need not wait for these
   */
  record Tools(
      Workshop workshop, OpenTasks open, Letters letters, Semaphore slots, Duration reportEvery) {}

  RunningTask(int partition, TransferTask task, Tools tools) {
    this.partition = partition;
    this.task = task;
    this.tools = tools;
    this.thread = Thread.ofVirtual().name("task-" + task.getTaskId()).unstarted(this::run);
  }

  String id() {
    return task.getTaskId();
  }

  int attempt() {
    return task.getAttempt();
  }

  int partition() {
    return partition;
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  void start() {
    thread.start();
  }

  /**
   * Ends it, without waiting for that.
   *
   * @param wanted whether somebody else goes on with it, who then cuts it off where that matters;
   *     otherwise it clears up behind itself
   */
  void stop(boolean wanted) {
    abandoned = !wanted;
    thread.interrupt();
  }

  private void run() {
    try {
      Duration pause = Duration.between(Instant.now(), task.getNotBefore());
      if (pause.isPositive()) {
        Thread.sleep(pause);
      }
      if (task.getVolume().isEmpty()) {
        work();
        return;
      }
      tools.slots().acquire();
      try {
        work();
      } finally {
        tools.slots().release();
      }
    } catch (InterruptedException _) {
      LOG.infof("Task is left; task=%s attempt=%d abandoned=%s", id(), attempt(), abandoned);
    }
  }

  private void work() throws InterruptedException {
    if (awaitKnown()) {
      LOG.infof("Task begins; task=%s attempt=%d", id(), attempt());
      tell(worked());
    }
  }

  /** Whether it is to be done, as soon as that can be known. */
  private boolean awaitKnown() throws InterruptedException {
    while (true) {
      try {
        return tools.open().isOpen(task);
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        LOG.warnf("A task waits for the control Kafka; task=%s cause=%s", id(), e);
      }
      Thread.sleep(REPORT_AGAIN);
    }
  }

  /** Works on a thread of its own, so that progress can be told meanwhile. */
  private TransferReport worked() throws InterruptedException {
    TransferReport[] outcome = new TransferReport[1];
    Thread work = Thread.ofVirtual().name("work-" + id()).start(() -> outcome[0] = outcome());
    try {
      while (!work.join(tools.reportEvery())) {
        board.look().ifPresent(findings -> progress(findings));
      }
    } catch (InterruptedException e) {
      work.interrupt();
      if (abandoned) {
        work.join();
        tools.workshop().clearUp(task);
      }
      throw e;
    }
    if (outcome[0] == null) {
      throw new InterruptedException();
    }
    return outcome[0];
  }

  private TransferReport outcome() {
    try {
      Findings findings = tools.workshop().run(task, board);
      return report(TaskOutcome.DONE, findings, findings.left());
    } catch (WorkRefusedException e) {
      return failure(TaskOutcome.REFUSED, e);
    } catch (InterruptedException e) {
      return failure(TaskOutcome.FAILED, e);
    } catch (BackupException e) {
      return failure(mayBeRepeated(e) ? TaskOutcome.FAILED : TaskOutcome.REFUSED, e);
    } catch (OutsideException e) {
      return failure(e.isFinal() ? TaskOutcome.REFUSED : TaskOutcome.FAILED, e);
    } catch (IOException e) {
      return failure(TaskOutcome.FAILED, e);
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "A task met a bug; task=%s attempt=%d", id(), attempt());
      return failure(TaskOutcome.FAILED, e);
    }
  }

  /** What is wrong with a key, a name or a stored object is so the next time. */
  private static boolean mayBeRepeated(BackupException e) {
    return switch (e.fault()) {
      case STORE_FULL,
          STORE_UNAVAILABLE,
          STORE_TIMEOUT,
          CANCELLED,
          SOURCE_FAILED,
          TARGET_FAILED,
          TARGET_DIFFERS,
          REPOSITORY_EXISTS ->
          true;
      case NO_BUCKET,
          DENIED,
          STORE_REFUSED,
          NO_REPOSITORY,
          WRONG_KEY,
          KEY_MODE,
          UNKNOWN_VERSION,
          FOREIGN_KEY,
          OBJECT_MISSING,
          OBJECT_TRUNCATED,
          OBJECT_DAMAGED,
          CONTENT_MISMATCH,
          NO_BACKUP,
          BACKUP_GONE,
          BAD_NAME,
          OTHER_REQUEST,
          NO_VOLUME,
          TARGET_TOO_SMALL ->
          false;
    };
  }

  private TransferReport failure(TaskOutcome outcome, Throwable cause) {
    String message =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    LOG.warnf(
        "Task failed; task=%s attempt=%d outcome=%s cause=%s", id(), attempt(), outcome, message);
    return report(
        outcome, new Findings(List.of(), MigrationStage.VOLUMES, -1, 0, "", "", ""), message);
  }

  private TransferReport report(TaskOutcome outcome, Findings findings, String message) {
    return TransferReport.newBuilder()
        .setMigration(task.getMigration().getName())
        .setTaskId(id())
        .setAttempt(attempt())
        .setOutcome(outcome)
        .setMessage(message)
        .setVolumes(findings.volumes())
        .setStage(findings.stage())
        .setResourcesTotal(findings.resourcesTotal())
        .setResourcesDone(findings.resourcesDone())
        .setSnapshotSet(findings.snapshotSet())
        .setCut(findings.cut())
        .setAt(Instant.now())
        .build();
  }

  /** Progress that cannot be told is told the next time. */
  private void progress(Findings findings) {
    try {
      tools.letters().report(report(TaskOutcome.PROGRESS, findings, ""));
    } catch (Letters.UnwrittenException e) {
      LOG.debugf("Progress was not told; task=%s cause=%s", id(), e.getMessage());
    }
  }

  /** What came of it is told until it is heard. */
  private void tell(TransferReport report) throws InterruptedException {
    while (true) {
      try {
        tools.letters().report(report);
        return;
      } catch (Letters.UnwrittenException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        LOG.warnf("A report waits for the control Kafka; task=%s cause=%s", id(), e.getMessage());
      }
      Thread.sleep(REPORT_AGAIN);
    }
  }
}
