package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.NodePools;
import io.mooring.autopilot.decision.PoolFigures;
import io.mooring.autopilot.decision.ResizeOrder;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.VolumeWatch.Decision;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One pool of a replay. What replicas take stays as recorded. A growth that was really asked for in
 * the same way takes effect as it did; any other takes effect with the next descriptor; one that
 * the replayed rules do not ask for is left out. What a rebalance would have moved cannot be known:
 * one that was not made is taken for over at once, and the pools stay as recorded.
 */
final class ReplayedPool {

  private final Replay.Plan plan;
  private final VolumeWatch watch;
  private final List<TakenResize> taken;
  private final Replay.Sink sink;
  private final Set<UUID> followed = new HashSet<>();
  private @Nullable WatchedVolume known;
  private @Nullable ResizeOrder unmade;
  private long addedBytes;

  ReplayedPool(Replay.Plan plan, VolumeWatch watch, List<TakenResize> taken, Replay.Sink sink) {
    this.plan = plan;
    this.watch = watch;
    this.taken = List.copyOf(taken);
    this.sink = sink;
  }

  /** The pool as it would have been. */
  NodePools.Pool modelled(NodePools.Pool recorded) {
    PoolFigures.Drive drive = recorded.drive();
    if (drive == null) {
      return recorded;
    }
    ResizeOrder order = unmade;
    long size = drive.sizeBytes() - leftOut(drive.sizeBytes()) + addedBytes;
    if (order != null && order.rebalance() == null) {
      addedBytes += Math.max(0, order.toBytes() - size);
      size = Math.max(size, order.toBytes());
      unmade = null;
    }
    long difference = size - drive.sizeBytes();
    return difference == 0
        ? recorded
        : new NodePools.Pool(
            recorded.poolId(),
            recorded.labels(),
            Math.max(0, recorded.capacityBytes() + difference),
            Math.max(0, recorded.freeBytes() + difference),
            recorded.provisionedBytes(),
            recorded.healthy(),
            new PoolFigures.Drive(size, drive.maxBytes()));
  }

  /** Growth that the drive has got and that the replayed rules did not ask for. */
  private long leftOut(long driveBytes) {
    return taken.stream()
        .filter(growth -> !growth.at().isBefore(plan.from()))
        .filter(growth -> growth.toBytes() <= driveBytes)
        .filter(growth -> !followed.contains(growth.commandId()))
        .mapToLong(growth -> growth.toBytes() - growth.fromBytes())
        .sum();
  }

  /** The pool is not there any more. */
  void forget() {
    known = null;
    unmade = null;
  }

  void described(VolumeFacts facts) {
    known = watch.described(known, facts);
  }

  void queried(String query, Answer answer) {
    if (known != null) {
      known = watch.queried(known, query, answer);
    }
  }

  /** Of a pool that was described. */
  void measured(UsageSample sample, Instant at) {
    ResizeOrder order = unmade;
    if (order != null && order.rebalance() != null) {
      unmade = null;
      RuleInput ended =
          new RuleInput.Rebalanced(
              Set.of(order.commandId().toString()),
              "The rebalance was not made; the pools stay as they were recorded",
              sample.at());
      accept(watch.answered(known(), ended, rules(at)), at);
    }
    accept(watch.measured(known(), sample, rules(at)), at);
  }

  void answered(RuleInput answer, Instant at) {
    if (known != null && isFactOfReplay(answer)) {
      accept(watch.answered(known, answer, rules(at)), at);
    }
  }

  /** The command of an answer may be another pool's, which is harmless, or one not given here. */
  private boolean isFactOfReplay(RuleInput answer) {
    return switch (answer) {
      case RuleInput.Refused refused -> isFollowed(Set.of(refused.idempotencyKey()));
      case RuleInput.Rebalanced rebalanced -> isFollowed(rebalanced.commands());
      case RuleInput.Measured _,
          RuleInput.NotSelected _,
          RuleInput.RuleChanged _,
          RuleInput.Grown _,
          RuleInput.Approval _ ->
          false;
    };
  }

  private boolean isFollowed(Set<String> commands) {
    return followed.stream().anyMatch(id -> commands.contains(id.toString()));
  }

  void approved(String rule, RuleInput.Approval approval, Instant at) {
    if (known != null) {
      accept(watch.approved(known, rule, approval, rules(at)), at);
    }
  }

  private void accept(Decision decision, Instant at) {
    known = decision.after();
    for (Outcome outcome : decision.outcomes()) {
      boolean asTaken =
          outcome.effect() instanceof Effect.Resize resize && order(resize.order(), at);
      if (counts(at)) {
        sink.decided(decision.after().facts(), outcome, at, asTaken);
      } else if (outcome.effect() instanceof Effect.Resize && !asTaken) {
        // The rules were others then, so where they stood cannot be known.
        known = watch.described(null, decision.after().facts());
      }
    }
  }

  private boolean order(ResizeOrder order, Instant at) {
    boolean same =
        taken.stream()
            .anyMatch(action ->
                action.commandId().equals(order.commandId())
                    && action.fromBytes() == order.fromBytes()
                    && action.toBytes() == order.toBytes());
    if (same) {
      followed.add(order.commandId());
    } else if (counts(at)) {
      unmade = order;
    }
    return same;
  }

  private boolean counts(Instant at) {
    return !at.isBefore(plan.from());
  }

  private RuleBook rules(Instant at) {
    return counts(at) ? plan.changed() : plan.inUse();
  }

  private WatchedVolume known() {
    return Objects.requireNonNull(known, "described before it is measured");
  }

  Set<UUID> followed() {
    return followed;
  }

  /** Whether any rule of the replay is on the pool. */
  boolean isSelected() {
    return known != null && !known.tracks().isEmpty();
  }
}
