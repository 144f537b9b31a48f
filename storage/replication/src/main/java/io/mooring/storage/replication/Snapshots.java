package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holding back writes, and taking a snapshot while they are held, one at a time.
 *
 * <pre>
 *   idle ─ hold ─▶ Flushing ─▶ Quiescing ─ all acknowledged ─▶ Held ─ snapshot ─▶ Taking ─▶ idle
 *     └── snapshot ──▶ Flushing ─▶ Quiescing ─ all acknowledged ────────────────▲    all answered
 *   any ── deadline, suspended, closing, ended ──▶ idle, and the attempt is void
 * </pre>
 *
 * The content is the same everywhere because no change is under way: all were acknowledged, so
 * every required replica has applied them, and none is sent before every replica that was asked has
 * answered. An answer counts only while the head serves: with a member lost, a newer head may have
 * acknowledged what this one's replicas lack (I3).
 */
final class Snapshots {
  private static final long NOT_HELD = Long.MIN_VALUE;

  private final Run run;
  private Phase phase = new Phase.Idle();

  Snapshots(Run run) {
    this.run = run;
  }

  private sealed interface Phase {
    record Idle() implements Phase {}

    /**
     * Writes go on while most of what a replica has to flush for a snapshot is flushed.
     *
     * @param upTo where the flush reaches
     */
    record Flushing(RequestId request, @Nullable SnapshotId snapshot, long upTo, long since)
        implements Phase {}

    /**
     * Changes are still under way.
     *
     * @param snapshot to take then; none if writes are only to be held
     */
    record Quiescing(RequestId request, @Nullable SnapshotId snapshot, long since)
        implements Phase {}

    /**
     * Nothing is under way.
     *
     * @param hold request that this is the answer to: a snapshot of an earlier one comes too late,
     *     also if writes are held again by then
     */
    record Held(RequestId hold, long since) implements Phase {}

    /**
     * Replicas were asked.
     *
     * @param asked the stream that the question went over
     */
    record Taking(
        RequestId request,
        SnapshotId snapshot,
        long sizeBytes,
        Map<ReplicaId, StreamId> asked,
        List<ReplicaId> holders,
        List<String> refusals,
        long since)
        implements Phase {}
  }

  void on(HeadInput.Holding input) {
    switch (input) {
      case HeadInput.HoldRequested(RequestId request) -> begin(request, null);
      case HeadInput.SnapshotRequested(RequestId request, SnapshotId snapshot, RequestId hold) ->
          take(request, snapshot, hold);
      case HeadInput.ReleaseRequested(RequestId request, RequestId hold) -> {
        if (heldSince(hold) != NOT_HELD) {
          goOn();
        }
        run.outbox().complete(request, Outcome.DONE);
      }
    }
  }

  private void take(RequestId request, SnapshotId snapshot, @Nullable RequestId hold) {
    if (hold == null) {
      begin(request, snapshot);
    } else if (heldSince(hold) == NOT_HELD) {
      notTaken(request, "writes were not held any more");
    } else {
      ask(request, snapshot, heldSince(hold));
    }
  }

  private long heldSince(RequestId hold) {
    return phase instanceof Phase.Held(RequestId holder, long since) && holder.equals(hold)
        ? since
        : NOT_HELD;
  }

  private void begin(RequestId request, @Nullable SnapshotId snapshot) {
    if (phase instanceof Phase.Idle) {
      long upTo = run.writes().issued();
      run.writes().flushes().sendToAll(upTo);
      phase = new Phase.Flushing(request, snapshot, upTo, run.outbox().now());
    } else {
      notTaken(request, "another snapshot is under way");
    }
  }

  /** Goes on as far as possible. */
  void advance(boolean serving, Membership membership) {
    if (!serving) {
      return;
    }
    if (phase instanceof Phase.Flushing flushing && isFlushed(flushing)) {
      run.writes().hold(true);
      phase = new Phase.Quiescing(flushing.request(), flushing.snapshot(), run.outbox().now());
    }
    if (phase instanceof Phase.Quiescing quiescing
        && run.writes().acknowledgedUpTo() == run.writes().issued()) {
      SnapshotId snapshot = quiescing.snapshot();
      if (snapshot == null) {
        phase = new Phase.Held(quiescing.request(), quiescing.since());
        run.outbox().complete(quiescing.request(), Outcome.DONE);
      } else {
        ask(quiescing.request(), snapshot, quiescing.since());
      }
    }
    if (phase instanceof Phase.Taking taking && isAnswered(taking)) {
      end(taking, membership);
    }
  }

  /** A disk that takes long is not waited for: the pause is longer then. */
  private boolean isFlushed(Phase.Flushing flushing) {
    return run.writes().flushes().stable() >= flushing.upTo()
        || run.outbox().now() - flushing.since() >= run.timing().holdNanos();
  }

  private void ask(RequestId request, SnapshotId snapshot, long since) {
    Map<ReplicaId, StreamId> asked = new LinkedHashMap<>();
    for (Link link : run.links().required()) {
      if (link.isOpen()) {
        asked.put(link.replica(), link.open().stream());
        link.open().await(run.outbox().now());
        run.outbox().send(link, new HeadMessage.Snapshot(snapshot, run.sizeBytes()));
      }
    }
    phase =
        new Phase.Taking(
            request, snapshot, run.sizeBytes(), asked, new ArrayList<>(), new ArrayList<>(), since);
  }

  /** An answer has come over an open stream. */
  void answered(Link link, ReplicaMessage.Snapshotting answer) {
    link.open().awaitedArrived();
    if (phase instanceof Phase.Taking taking
        && taking.snapshot().equals(answer.snapshot())
        && link.open().stream().equals(taking.asked().remove(link.replica()))) {
      switch (answer) {
        case ReplicaMessage.Frozen _ -> taking.holders().add(link.replica());
        case ReplicaMessage.NotFrozen(SnapshotId _, String reason) ->
            taking.refusals().add(link.replica() + ": " + reason);
      }
    }
  }

  /** A replica whose stream has gone does not count, once the head serves without it. */
  private boolean isAnswered(Phase.Taking taking) {
    for (Map.Entry<ReplicaId, StreamId> asked : taking.asked().entrySet()) {
      Link link = run.links().find(asked.getKey());
      if (link != null && link.isOpen() && link.open().stream().equals(asked.getValue())) {
        return false;
      }
    }
    return true;
  }

  /**
   * A joiner alone is not enough, nor a member that was reported lost because it cannot be read:
   * the catalogue may have replaced either by now, and the snapshot with it.
   */
  private void end(Phase.Taking taking, Membership membership) {
    List<ReplicaId> holders =
        taking.holders().stream()
            .filter(replica -> run.links().find(replica) != null)
            .sorted()
            .toList();
    boolean isAtMember =
        run.links().required().stream()
            .filter(link -> link.loss() == null && membership.isInSync(link.replica()))
            .anyMatch(link -> holders.contains(link.replica()));
    goOn();
    if (isAtMember) {
      run.outbox().complete(taking.request(), new Outcome.Taken(taking.sizeBytes(), holders));
    } else {
      notTaken(taking.request(), "no member of the in-sync set holds it " + taking.refusals());
    }
  }

  void tick() {
    long since =
        switch (phase) {
          case Phase.Idle _ -> run.outbox().now();
          case Phase.Flushing flushing -> flushing.since() + run.timing().holdNanos();
          case Phase.Quiescing quiescing -> quiescing.since();
          case Phase.Held held -> held.since();
          case Phase.Taking taking -> taking.since();
        };
    if (run.outbox().now() - since >= run.timing().holdNanos()) {
      cancel("it took too long");
    }
  }

  /** Writes go on, and what was asked for has not happened. */
  void cancel(String why) {
    Phase ended = phase;
    goOn();
    switch (ended) {
      case Phase.Flushing flushing -> notTaken(flushing.request(), why);
      case Phase.Quiescing quiescing -> notTaken(quiescing.request(), why);
      case Phase.Taking taking -> notTaken(taking.request(), why + " " + taking.refusals());
      case Phase.Idle _, Phase.Held _ -> {}
    }
  }

  private void goOn() {
    phase = new Phase.Idle();
    run.writes().hold(false);
  }

  private void notTaken(RequestId request, String why) {
    run.outbox().complete(request, new Outcome.NotTaken(why));
  }
}
