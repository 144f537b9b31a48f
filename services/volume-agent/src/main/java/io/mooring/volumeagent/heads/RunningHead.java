package io.mooring.volumeagent.heads;

import io.mooring.storage.engine.HeadObserver;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import java.time.Duration;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One run of a head from its opening to its end: reports what it says and lets others wait for what
 * it becomes.
 */
final class RunningHead implements HeadObserver {

  private static final Logger LOG = Logger.getLogger(RunningHead.class);

  private final HeadUse use;
  private final HeadReports reports;
  private final Consumer<RunningHead> onLost;
  private final long startedAt = System.nanoTime();
  private HeadState state = new HeadState.Opening();
  private boolean served;
  private @Nullable VolumeHead head;

  /**
   * @param onLost called once if the run ends by anything else than a wish of this node
   */
  RunningHead(HeadUse use, HeadReports reports, Consumer<RunningHead> onLost) {
    this.use = use;
    this.reports = reports;
    this.onLost = onLost;
  }

  HeadUse use() {
    return use;
  }

  synchronized void runs(VolumeHead started) {
    head = started;
  }

  synchronized VolumeHead head() {
    if (head == null) {
      throw new IllegalStateException("the head is still being started");
    }
    return head;
  }

  synchronized HeadState state() {
    return state;
  }

  synchronized boolean isOver() {
    return state.isOver();
  }

  /** Waits until the head serves or its run is over; returns where it stands then. */
  synchronized HeadState awaitServing(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!(state instanceof HeadState.Serving) && !isOver()) {
      long leftMs = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (leftMs <= 0) {
        break;
      }
      wait(leftMs);
    }
    return state;
  }

  @Override
  public void stateChanged(VolumeHead run, HeadState next) {
    boolean first;
    synchronized (this) {
      head = run;
      state = next;
      first = next instanceof HeadState.Serving && !served;
      served |= first;
      notifyAll();
    }
    LOG.infof("Head. volume=%s run=%s state=%s", run.volume(), run.promise(), next);
    switch (next) {
      case HeadState.Serving _ -> {
        if (first) {
          reports.serving(run, Duration.ofNanos(System.nanoTime() - startedAt));
        }
      }
      case HeadState.Fenced _ -> {
        reports.fenced(run);
        onLost.accept(this);
      }
      case HeadState.Closed(HeadState.Closed.Reason reason) -> {
        if (reason == HeadState.Closed.Reason.UNFLUSHED_WRITES_LOST) {
          LOG.errorf(
              "Acknowledged writes that were not flushed are lost with the memory of every replica; the volume must be staged anew. volume=%s",
              run.volume());
          onLost.accept(this);
        }
      }
      case HeadState.Opening _, HeadState.Holding _, HeadState.Suspended _ -> {}
    }
  }

  @Override
  public void replicaLost(
      VolumeHead run, ReplicaId replica, Generation seen, LossReason reason, String detail) {
    reports.lost(run, replica, seen, reason, detail);
  }

  @Override
  public void replicaCaughtUp(
      VolumeHead run,
      ReplicaId replica,
      Generation seen,
      ResyncStatistics statistics,
      long heldBytes) {
    reports.caughtUp(run, replica, seen, statistics, heldBytes);
  }

  @Override
  public void recordFailed(VolumeHead run, String reason) {
    LOG.errorf(
        "The record of a head cannot be written to the state directory; the head waits. volume=%s cause=%s",
        run.volume(), reason);
  }
}
