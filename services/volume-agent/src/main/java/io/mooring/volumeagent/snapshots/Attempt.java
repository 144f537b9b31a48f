package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMissed;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.WritesHeld;
import io.mooring.storage.engine.HeldWrites;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.SnapshotId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of one head to take the snapshot of one member, from the request to hold to what came
 * of it. Not safe for threads: everything happens on the lane of the volume.
 */
final class Attempt {

  private static final Logger LOG = Logger.getLogger(Attempt.class);

  private final KnownSet set;
  private final SnapshotMember member;
  private final VolumeHead head;
  private final Executor lane;
  private final Results results;
  private Step step = new Step.Begun();

  /** Whom the results are told. */
  record Results(SnapshotReports reports, SnapshotCounters counters) {}

  /** How far it has come. */
  private sealed interface Step {
    record Begun() implements Step {}

    /** The head was asked to hold writes back. */
    record Holding() implements Step {}

    /** It does, since this moment. */
    record Held(HeldWrites writes, long sinceNanos) implements Step {}

    /** The replicas were asked, and writes have been held back since this moment. */
    record Taking(long sinceNanos) implements Step {}

    /** It has come to something or nothing, or nobody wants it any more. */
    record Ended() implements Step {}
  }

  Attempt(KnownSet set, SnapshotMember member, VolumeHead head, Executor lane, Results results) {
    this.set = set;
    this.member = member;
    this.head = head;
    this.lane = lane;
    this.results = results;
  }

  boolean isFor(SnapshotMember other) {
    return member.getSnapshotId().equals(other.getSnapshotId());
  }

  private long epoch() {
    return head.promise().epoch().value();
  }

  void hold() {
    step = new Step.Holding();
    head.hold().whenComplete((held, failure) -> lane.execute(() -> held(held, failure)));
  }

  private void held(@Nullable HeldWrites writes, @Nullable Throwable failure) {
    if (!(step instanceof Step.Holding)) {
      if (writes != null) {
        writes.release();
      }
    } else if (writes == null) {
      missed("SNP-060", reason(failure));
    } else {
      step = new Step.Held(writes, System.nanoTime());
      results.reports.report(set, member, new WritesHeld(epoch()));
    }
  }

  /**
   * All members are held.
   *
   * @param now this member as it is told now; if it names the epoch of the head that held, that
   *     must be this one
   */
  void take(KnownSet taking, SnapshotMember now) {
    switch (step) {
      case Step.Held(HeldWrites writes, long since) -> {
        if (now.getEpoch() != 0 && now.getEpoch() != epoch()) {
          writes.release();
          missed("SNP-062", "Its writes were held back by the head of epoch " + now.getEpoch());
        } else {
          await(taking, writes.snapshot(new SnapshotId(member.getSnapshotId())), since);
        }
      }
      case Step.Begun _, Step.Holding _ ->
          missed("SNP-062", "Its writes are not held back yet by this head.");
      case Step.Taking _, Step.Ended _ -> {}
    }
  }

  void takeWithoutHold() {
    await(set, head.snapshot(new SnapshotId(member.getSnapshotId())), System.nanoTime());
  }

  private void await(KnownSet taking, CompletableFuture<Outcome.Taken> result, long since) {
    step = new Step.Taking(since);
    result.whenComplete(
        (taken, failure) -> lane.execute(() -> ended(taking, taken, failure, since)));
  }

  private void ended(
      KnownSet taking, Outcome.@Nullable Taken taken, @Nullable Throwable failure, long since) {
    if (taken == null) {
      missed("SNP-060", reason(failure));
      return;
    }
    step = new Step.Ended();
    Duration held = Duration.ofNanos(System.nanoTime() - since);
    results.counters.taken(held);
    LOG.infof(
        "Snapshot taken. set=%s volume=%s snapshot=%s replicas=%s heldMs=%d",
        set.setId(),
        member.getVolumeId(),
        member.getSnapshotId(),
        taken.holders(),
        held.toMillis());
    results.reports.report(
        taking,
        member,
        new SnapshotTaken(
            epoch(),
            taken.sizeBytes(),
            taken.holders().stream().map(ReplicaId::value).toList(),
            held.toMillis()));
  }

  void missed(String code, String reason) {
    step = new Step.Ended();
    results.counters.missed();
    LOG.warnf(
        "Snapshot missed. set=%s volume=%s snapshot=%s code=%s reason=%s",
        set.setId(), member.getVolumeId(), member.getSnapshotId(), code, reason);
    results.reports.report(set, member, new SnapshotMissed(code, reason));
  }

  private static String reason(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return cause == null ? "unknown" : String.valueOf(cause.getMessage());
  }

  /** Nothing is to be taken any more: writes go on. */
  void end() {
    if (step instanceof Step.Held(HeldWrites writes, long _)) {
      writes.release();
    }
    step = new Step.Ended();
  }
}
