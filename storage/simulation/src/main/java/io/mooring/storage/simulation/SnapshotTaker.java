package io.mooring.storage.simulation;

import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.SnapshotId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * volume-manager's part in snapshots: asks for them at any time, deletes old ones and what attempts
 * have left behind, and knows what every one of them must hold.
 */
final class SnapshotTaker {
  private static final long CHECK_NANOS = 20 * Scheduler.MILLIS;
  private static final int SNAPSHOTS_MAX = 5;

  private final Simulation simulation;
  private final Scheduler scheduler;
  private final Map<RequestId, Attempt> attempts = new LinkedHashMap<>();

  /** Snapshots by id, with what they hold. */
  private final Map<SnapshotId, long[]> taken = new LinkedHashMap<>();

  private final List<SnapshotId> ended = new ArrayList<>();
  private long lastRequest = Nemesis.OWN_REQUESTS * 2;
  private int lastSnapshot;
  private long count;

  /**
   * What was asked of one head.
   *
   * @param newest newest acknowledged order of every sector when it was asked
   * @param then told of the outcome
   */
  private record Attempt(@Nullable SnapshotId snapshot, long[] newest, HeadRun run, Answer then) {}

  /** Hears of an outcome. */
  @FunctionalInterface
  interface Answer {
    /**
     * @param content of the snapshot that was taken; null if none was
     */
    void ended(Outcome outcome, long @Nullable [] content);
  }

  SnapshotTaker(Simulation simulation) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
  }

  long count() {
    return count;
  }

  void start() {
    checkLater();
    if (scheduler.chance(0.6)) {
      workLater(scheduler.between(20, 400));
    }
  }

  private void workLater(long pauseMs) {
    scheduler.after(
        scheduler.between(1, 2 * pauseMs) * Scheduler.MILLIS,
        "snapshot",
        () -> {
          HeadRun run = simulation.anyRun();
          if (run != null && taken.size() < SNAPSHOTS_MAX) {
            take(run, null, (outcome, content) -> {});
          }
          deleteSome();
          workLater(pauseMs);
        });
  }

  /**
   * Takes a snapshot.
   *
   * @param hold under which it is to be taken
   */
  void take(HeadRun run, @Nullable RequestId hold, Answer then) {
    SnapshotId id = new SnapshotId("s" + ++lastSnapshot);
    RequestId request = begin(run, id, then);
    RequestId kept = simulation.mutant() == Mutant.HOLD_NOT_KEPT ? null : hold;
    run.process().deliver(() -> run.snapshot(request, id, kept));
  }

  RequestId hold(HeadRun run, Answer then) {
    RequestId request = begin(run, null, then);
    run.process().deliver(() -> run.on(new HeadInput.HoldRequested(request)));
    return request;
  }

  void release(HeadRun run, RequestId hold) {
    RequestId request = begin(run, null, (outcome, content) -> {});
    run.process().deliver(() -> run.on(new HeadInput.ReleaseRequested(request, hold)));
  }

  private RequestId begin(HeadRun run, @Nullable SnapshotId id, Answer then) {
    RequestId request = new RequestId(lastRequest++);
    attempts.put(request, new Attempt(id, simulation.history().newest(), run, then));
    return request;
  }

  /** A head has answered. */
  void completed(RequestId request, Outcome outcome) {
    Attempt attempt = attempts.remove(request);
    if (attempt == null) {
      return;
    }
    long[] content = null;
    SnapshotId id = attempt.snapshot();
    if (id != null) {
      ended.add(id);
      if (outcome instanceof Outcome.Taken(long _, List<ReplicaId> holders)) {
        content = check(attempt, id, holders);
        taken.put(id, content);
        count++;
      }
    }
    attempt.then().ended(outcome, content);
  }

  /** The same on all holders, except where none of them gives it back. */
  private long[] check(Attempt attempt, SnapshotId id, List<ReplicaId> holders) {
    long[] content = null;
    for (ReplicaId holder : holders) {
      if (!simulation.exists(holder)) {
        continue;
      }
      SimulatedDisk disk = simulation.host(holder).disk();
      long[] held = disk.snapshot(id);
      if (held == null) {
        throw new SimulationFailure(holder + " does not hold snapshot " + id);
      }
      if (content == null) {
        content = new long[held.length];
        Arrays.fill(content, History.UNREADABLE);
      }
      for (int slot = 0; slot < held.length; slot++) {
        if (!disk.canRead(id, slot)) {
          continue;
        }
        if (content[slot] != History.UNREADABLE && content[slot] != held[slot]) {
          throw new SimulationFailure("snapshot " + id + " differs among " + holders);
        }
        content[slot] = held[slot];
      }
    }
    if (content == null) {
      throw new SimulationFailure("nobody holds snapshot " + id);
    }
    simulation.history().checkSnapshot(attempt.run().promise(), content, attempt.newest());
    return content;
  }

  /** The head is gone: nobody will hear of these attempts, so they have come to nothing. */
  void abandoned() {
    for (RequestId request : List.copyOf(attempts.keySet())) {
      Attempt attempt = attempts.get(request);
      if (attempt != null && (!attempt.run().process().isAlive() || attempt.run().isOver())) {
        completed(request, new Outcome.NotTaken("the head has died"));
      }
    }
  }

  /** Old snapshots, and what is left of attempts that came to nothing, go at any time. */
  private void deleteSome() {
    abandoned();
    for (SnapshotId id : List.copyOf(ended)) {
      if (scheduler.chance(taken.containsKey(id) ? 0.2 : 0.6)) {
        taken.remove(id);
        for (ReplicaHost host : simulation.hosts()) {
          host.deleteSnapshot(id);
        }
        if (simulation.hosts().stream().noneMatch(host -> host.disk().snapshots().contains(id))) {
          ended.remove(id);
        }
      }
    }
  }

  private void checkLater() {
    scheduler.after(
        CHECK_NANOS,
        "check snapshots",
        () -> {
          check();
          checkLater();
        });
  }

  /** On every replica that has it, a snapshot is what it was. */
  void check() {
    for (ReplicaHost host : simulation.hosts()) {
      host.disk().checkSnapshots(host.id());
      taken.forEach((id, content) -> {
        long[] held = host.disk().snapshot(id);
        for (int slot = 0; held != null && slot < held.length; slot++) {
          if (held[slot] != content[slot]
              && content[slot] != History.UNREADABLE
              && host.disk().canRead(id, slot)) {
            throw new SimulationFailure("snapshot " + id + " has changed on " + host.id());
          }
        }
      });
    }
  }
}
