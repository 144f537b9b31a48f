package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadEffect.LossReason;
import java.util.function.Predicate;

/** Opens streams that are due, pings, and notices replicas that are silent or stuck. */
final class Liveness {
  private final Run run;
  private long lastTick = Long.MIN_VALUE;

  Liveness(Run run) {
    this.run = run;
  }

  /** Receives a replica that is lost. */
  @FunctionalInterface
  interface Losses {
    void lost(Link link, LossReason reason, String detail);
  }

  void tick(Predicate<Link> mayConnect, HeadMessage.Membership membership, Losses losses) {
    forgiveOwnPause();
    for (Link link : run.links().all().toArray(Link[]::new)) {
      switch (link.connection()) {
        case Connection.Down(long retryAt) -> {
          if (retryAt <= run.outbox().now() && mayConnect.test(link)) {
            run.connect(link, membership);
          }
        }
        case Connection.Connecting connecting -> {
          if (run.outbox().now() - connecting.since() > run.timing().silenceNanos()) {
            losses.lost(link, LossReason.SILENT, "no welcome in time");
          }
        }
        case Connection.Open open -> watch(link, open, losses);
      }
    }
  }

  /** An observer that stood still has no vote: everybody looks silent to it. */
  private void forgiveOwnPause() {
    long now = run.outbox().now();
    long gap = lastTick == Long.MIN_VALUE ? 0 : now - lastTick;
    lastTick = now;
    if (gap > run.timing().pingNanos()) {
      for (Link link : run.links().all()) {
        if (link.isOpen()) {
          link.open().forgive(gap);
        }
      }
    }
  }

  private void watch(Link link, Connection.Open open, Losses losses) {
    long now = run.outbox().now();
    if (open.isSilent(now, run.timing().silenceNanos())) {
      losses.lost(link, LossReason.SILENT, "nothing heard for too long");
    } else if (open.isStuck(now, run.timing().slowNanos()) && othersProgress(link)) {
      losses.lost(link, LossReason.SLOW, "an operation does not end while others do");
    } else if (open.isPingDue(now, run.timing().pingNanos())) {
      ping(link);
    }
  }

  void ping(Link link) {
    link.open().pinged(run.outbox().now());
    run.outbox().send(link, new HeadMessage.Ping(run.writes().flushes().stableSequence()));
  }

  private boolean othersProgress(Link slow) {
    return run.links().all().stream()
        .anyMatch(other ->
            other != slow
                && other.isOpen()
                && other.isRequired()
                && !other.open().isStuck(run.outbox().now(), run.timing().slowNanos()));
  }
}
