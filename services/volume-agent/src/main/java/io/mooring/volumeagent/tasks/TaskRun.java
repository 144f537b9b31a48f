package io.mooring.volumeagent.tasks;

import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.volumeagent.heads.HeadKeeper;
import io.mooring.volumeagent.heads.HeadUse;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.volumes.KnownVolume;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One task under one epoch: opens a head, has the work done, closes the head, reports. What fails
 * on the way is tried again until it works or the task is withdrawn; only volume-manager gives a
 * task up.
 */
final class TaskRun {

  private static final Logger LOG = Logger.getLogger(TaskRun.class);

  private static final Duration OPEN_LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration PAUSE_MIN = Duration.ofMillis(500);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  private final KnownVolume volume;
  private final VolumeTask task;
  private final TaskWork work;
  private final Means means;
  private final long startedAt = System.nanoTime();
  private final Thread thread;
  private TaskWork.@Nullable Result result;
  private final CountDownLatch withdrawn = new CountDownLatch(1);
  private volatile boolean over;

  /**
   * What runs have in common.
   *
   * @param copies permits of those that move data
   */
  record Means(HeadKeeper heads, TaskReports reports, Semaphore copies) {}

  private TaskRun(KnownVolume volume, VolumeTask task, TaskWork work, Means means) {
    this.volume = volume;
    this.task = task;
    this.work = work;
    this.means = means;
    this.thread =
        Thread.ofPlatform().daemon().name("task-" + volumeId()).unstarted(this::runToItsEnd);
  }

  static TaskRun start(KnownVolume volume, VolumeTask task, TaskWork work, Means means) {
    TaskRun run = new TaskRun(volume, task, work, means);
    LOG.infof(
        "Task begins. volume=%s epoch=%d task=%s kind=%s snapshot=%s of=%s",
        run.volumeId(),
        run.epoch(),
        task.getTaskId(),
        task.getKind(),
        task.getSnapshotId(),
        task.getVolumeId());
    run.thread.start();
    return run;
  }

  boolean isFor(String taskId, long epoch) {
    return task.getTaskId().equals(taskId) && epoch() == epoch;
  }

  VolumeTaskKind kind() {
    return task.getKind();
  }

  boolean isOver() {
    return over;
  }

  private String volumeId() {
    return volume.state().getVolumeId();
  }

  private long epoch() {
    return volume.state().getEpoch();
  }

  /** Nobody wants it any more: what it has open is closed, and nothing is reported. */
  void withdraw() {
    withdrawn.countDown();
  }

  private boolean isWithdrawn() {
    return withdrawn.getCount() == 0;
  }

  /** Ends as by a crash. */
  void abandon() {
    withdraw();
    thread.interrupt();
  }

  private void runToItsEnd() {
    boolean permitted = false;
    try {
      permitted = awaitPermit();
      Duration pause = PAUSE_MIN;
      while (!isWithdrawn() && !attempt()) {
        boolean _ = withdrawn.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(PAUSE_MAX) < 0 ? longer : PAUSE_MAX;
      }
      if (isWithdrawn()) {
        LOG.infof("Task was withdrawn. volume=%s task=%s", volumeId(), task.getTaskId());
        closeWhatIsLeft();
      }
    } catch (InterruptedException _) {
      // Only abandon() interrupts this thread.
    } finally {
      over = true;
      if (permitted) {
        means.copies.release();
      }
    }
  }

  /** Waits for its turn if it moves data; false if it needs no permit or was withdrawn. */
  private boolean awaitPermit() throws InterruptedException {
    while (work.copies() && !isWithdrawn()) {
      if (means.copies.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  /** True if the task is done and reported. */
  private boolean attempt() throws InterruptedException {
    try {
      VolumeHead head = means.heads.lend(volumeId(), epoch(), HeadUse.TASK, OPEN_LIMIT);
      TaskWork.Result ended = result;
      if (ended == null) {
        ended = work.run(task, head, this::isWithdrawn);
        result = ended;
      }
      if (head.state().isOver()) {
        throw new IOException("the head ended before it was closed: " + head.state());
      }
      means.heads.takeBack(head, CLOSE_LIMIT);
      if (!isWithdrawn()) {
        report(ended);
      }
      return true;
    } catch (StagingException | IOException e) {
      if (!isWithdrawn()) {
        LOG.warnf(
            "A step of a task failed; it is tried again. volume=%s epoch=%d task=%s cause=%s",
            volumeId(), epoch(), task.getTaskId(), e.getMessage());
      }
      return false;
    } catch (RuntimeException e) {
      LOG.errorf(
          e,
          "A task met a bug; it is tried again. volume=%s task=%s",
          volumeId(),
          task.getTaskId());
      return false;
    }
  }

  private void report(TaskWork.Result ended) {
    Duration took = Duration.ofNanos(System.nanoTime() - startedAt);
    LOG.infof(
        "Task ends. volume=%s epoch=%d task=%s result=%s tookMs=%d",
        volumeId(), epoch(), task.getTaskId(), ended, took.toMillis());
    means.reports.report(volume, task, ended, took);
  }

  /** Usually the head is fenced by whoever has the volume now, and there is nothing to close. */
  private void closeWhatIsLeft() throws InterruptedException {
    Optional<VolumeHead> left =
        means
            .heads
            .head(volumeId())
            .filter(head -> head.promise().epoch().value() == epoch())
            .filter(_ -> means.heads.use(volumeId()).filter(HeadUse.TASK::equals).isPresent());
    if (left.isEmpty()) {
      return;
    }
    try {
      means.heads.takeBack(left.get(), CLOSE_LIMIT);
    } catch (IOException e) {
      LOG.infof(
          "The head of a withdrawn task is left to be fenced. volume=%s cause=%s",
          volumeId(), e.getMessage());
    }
  }
}
