package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The replicas on their way back: their resyncs, and the reports of those that have caught up. */
final class Joiners {
  private static final HeadEffect.ResyncStatistics NO_STATISTICS =
      new HeadEffect.ResyncStatistics(0, 0, 0);

  /** Share of the rate that is left to resync while the client is busy. */
  private static final int BUSY_SHARE = 4;

  private static final long BUSY_NANOS = 100_000_000L;

  /** A range that cannot be read is tried again after so many times the patience of an opening. */
  private static final int BLOCKED_PAUSE = 10;

  private final Run run;
  private final Roster roster;
  private final TokenBucket bucket;
  private final List<Resync> resyncs = new ArrayList<>();
  private final Set<ReplicaId> attempted = new HashSet<>();
  private final Map<ReplicaId, Long> blockedUntil = new HashMap<>();
  private final TreeMap<ReplicaId, Report> reports = new TreeMap<>();

  Joiners(Run run, Roster roster) {
    this.run = run;
    this.roster = roster;
    this.bucket = new TokenBucket(0);
  }

  /** Starts what can be started and goes on with the rest. */
  void advance() {
    if (hasNothingToDo()) {
      return;
    }
    Membership membership = roster.membership();
    for (Link link : run.links().all()) {
      if (link.isOpen() && !link.isRequired() && find(link) == null && !isBlocked(link)) {
        resyncs.add(new Resync(run, link, !attempted.add(link.replica())));
      }
    }
    for (Resync resync : List.copyOf(resyncs)) {
      if (resync.advance(membership, bucket)) {
        caughtUp(resync);
      } else if (resync.stage() == Resync.Stage.BLOCKED) {
        long pause = BLOCKED_PAUSE * run.timing().openNanos();
        blockedUntil.put(resync.target().replica(), run.outbox().now() + pause);
        cancel(resync);
      }
    }
  }

  private boolean isBlocked(Link link) {
    return run.outbox().now() < blockedUntil.getOrDefault(link.replica(), Long.MIN_VALUE);
  }

  List<ResyncProgress> progress() {
    return resyncs.stream().map(Resync::progress).toList();
  }

  private boolean hasNothingToDo() {
    return resyncs.isEmpty() && run.links().requiredBits() == run.links().openBits();
  }

  /** I1: the pending joiner is durable before the catalogue can hear of it. */
  private void caughtUp(Resync resync) {
    ReplicaId replica = resync.target().replica();
    roster.addPending(replica);
    HeadEffect.ResyncStatistics statistics = resync.statistics();
    roster.persist(() -> {
      if (roster.isPending(replica)) {
        reports.put(replica, new Report(statistics, Long.MIN_VALUE, new Generation(0)));
        report();
      }
    });
  }

  /**
   * Reports, again and again until the catalogue answers, what has caught up and is still there.
   */
  void report() {
    long now = run.outbox().now();
    Generation generation = roster.membership().generation();
    reports.keySet().removeIf(replica -> !roster.isPending(replica));
    for (ReplicaId replica : roster.pendingJoiners()) {
      Link link = run.links().find(replica);
      Report report = reports.get(replica);
      if (link == null || !link.isOpen() || report == null) {
        continue;
      }
      boolean due =
          report.reportedAt() == Long.MIN_VALUE
              || now - report.reportedAt() >= run.timing().reportNanos();
      if (due || !report.generation().equals(generation)) {
        reports.put(replica, new Report(report.statistics(), now, generation));
        roster.reportedCaughtUp(replica);
        run.outbox().add(new HeadEffect.ReportCaughtUp(replica, generation, report.statistics()));
      }
    }
  }

  /**
   * Pending joiners of the run before are members that the catalogue has to be told of once more.
   */
  void reportInherited() {
    for (ReplicaId replica : roster.pendingJoiners()) {
      reports.putIfAbsent(replica, new Report(NO_STATISTICS, Long.MIN_VALUE, new Generation(0)));
    }
  }

  void tick() {
    HeadSettings.Resync limits = run.settings().limits().resync();
    boolean busy = run.outbox().now() - run.writes().lastRequestAt() < BUSY_NANOS;
    long rate =
        busy
            ? Math.max(limits.floorBytesPerSecond(), limits.bytesPerSecond() / BUSY_SHARE)
            : limits.bytesPerSecond();
    bucket.fill(rate, run.outbox().now());
  }

  /** A stream has gone: what was brought back over it, or is still read from it, starts over. */
  void streamClosed(Link link) {
    for (Resync resync : List.copyOf(resyncs)) {
      if (resync.target() == link || resync.reads(link)) {
        cancel(resync);
      }
    }
  }

  void cancelAll() {
    List.copyOf(resyncs).forEach(this::cancel);
  }

  /** The catalogue counts the replica in, or does not list it any more. */
  void remove(Link link) {
    Resync resync = find(link);
    if (resync != null) {
      resync.cancel();
      resyncs.remove(resync);
    }
  }

  private void cancel(Resync resync) {
    if (isJoining(resync.target())) {
      run.links().require(resync.target(), false); // nobody was told of it yet
    }
    resync.cancel();
    resyncs.remove(resync);
  }

  boolean isJoining(Link link) {
    Resync resync = find(link);
    return resync != null && resync.stage() == Resync.Stage.JOINING;
  }

  private @Nullable Resync find(Link link) {
    for (Resync resync : resyncs) {
      if (resync.target() == link) {
        return resync;
      }
    }
    return null;
  }

  private record Report(
      HeadEffect.ResyncStatistics statistics, long reportedAt, Generation generation) {}
}
