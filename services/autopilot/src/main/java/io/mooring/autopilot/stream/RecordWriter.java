package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.Preview;
import io.mooring.autopilot.decision.ResizeOrder;
import io.mooring.autopilot.decision.RuleState;
import io.mooring.autopilot.decision.Trigger;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.autopilot.expression.Reading;
import io.mooring.autopilot.rule.ConditionExpression;
import io.mooring.autopilot.rule.ExpandAction;
import io.mooring.autopilot.rule.RebalanceAction;
import io.mooring.autopilot.rule.ResizeAction;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ConditionReading;
import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.MeasuredUsage;
import io.mooring.schemas.ObjectKind;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.RebalanceControl;
import io.mooring.schemas.ResizeHeldBack;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.StartRebalance;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeWillFill;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Turns what was decided into records of the control topics. */
final class RecordWriter {

  private RecordWriter() {}

  static VolumeCommand command(
      VolumeFacts volume, String rule, ResizeOrder order, Instant expiresAt) {
    return VolumeCommand.newBuilder()
        .setVolumeId(volume.id())
        .setIdempotencyKey(order.commandId().toString())
        .setExpiresAt(expiresAt)
        .setRequestedBy("autopilot rule " + rule)
        .setDetail(new ExpandVolume(order.toBytes()))
        .build();
  }

  static PoolCommand rebalance(
      VolumeFacts pool, String rule, ResizeOrder order, RebalanceAction action, Instant expiresAt) {
    return PoolCommand.newBuilder()
        .setSubject("cluster")
        .setIdempotencyKey(order.commandId().toString())
        .setExpiresAt(expiresAt)
        .setRequestedBy("autopilot rule %s on pool %s".formatted(rule, pool.id()))
        .setDetail(new StartRebalance(action.deviationPercent(), false))
        .build();
  }

  /** The subject of a pool's id is {@code node/pool}; a node's name has no slash. */
  static PoolCommand expand(VolumeFacts pool, String rule, ResizeOrder order, Instant expiresAt) {
    int slash = pool.id().indexOf('/');
    return PoolCommand.newBuilder()
        .setSubject("cluster")
        .setIdempotencyKey(order.commandId().toString())
        .setExpiresAt(expiresAt)
        .setRequestedBy("autopilot rule %s on pool %s".formatted(rule, pool.id()))
        // No rebalance has this id, so a volume-manager that knows no expansions refuses.
        .setDetail(new ControlRebalance("expansion", RebalanceControl.PAUSE))
        .setExpand(
            new ExpandPool(
                pool.id().substring(0, slash), pool.id().substring(slash + 1), order.toBytes()))
        .build();
  }

  private static ObjectKind kind(VolumeFacts object) {
    return switch (object.subject()) {
      case VOLUME -> ObjectKind.VOLUME;
      case POOL -> ObjectKind.POOL;
    };
  }

  static AutopilotEvent event(VolumeFacts volume, String rule, Effect effect, Instant now) {
    return AutopilotEvent.newBuilder()
        .setRuleName(rule)
        .setVolumeId(volume.id())
        .setVolumeName(volume.name())
        .setObjectKind(kind(volume))
        .setAt(at(effect, now))
        .setTriggerId(trigger(effect).map(trigger -> trigger.id().toString()).orElse(null))
        .setDetail(detail(volume, effect))
        .build();
  }

  /** Trigger that an effect belongs to. */
  static Optional<Trigger> trigger(Effect effect) {
    return switch (effect) {
      case Effect.Moved moved -> trigger(moved.to()).or(() -> trigger(moved.from()));
      case Effect.Resize resize -> Optional.of(resize.trigger());
      case Effect.HeldBack held -> Optional.of(held.lastTrigger());
      case Effect.WillFill fill -> Optional.of(fill.trigger());
    };
  }

  private static Instant at(Effect effect, Instant now) {
    return switch (effect) {
      case Effect.Moved moved -> moved.to().since();
      case Effect.HeldBack held -> held.evidence().sample().at();
      case Effect.WillFill fill -> fill.sample().at();
      case Effect.Resize _ -> now;
    };
  }

  private static SpecificRecord detail(VolumeFacts object, Effect effect) {
    return switch (effect) {
      case Effect.Moved moved ->
          RuleMoved.newBuilder()
              .setFrom(phase(moved.from()))
              .setTo(phase(moved.to()))
              .setReason(moved.reason().name())
              .setMessage(moved.message())
              .setUsage(moved.evidence() == null ? null : usage(moved.evidence().sample()))
              .setReadings(
                  moved.evidence() == null ? List.of() : readings(moved.evidence().readings()))
              .build();
      case Effect.Resize(Trigger _, ResizeOrder order) ->
          new ResizeRequested(
              order.commandId().toString(),
              order.attempt(),
              order.fromBytes(),
              order.toBytes(),
              action(object, order));
      case Effect.HeldBack held ->
          new ResizeHeldBack(
              held.until(), usage(held.evidence().sample()), readings(held.evidence().readings()));
      case Effect.WillFill fill ->
          new VolumeWillFill(
              fill.fullAt(), fill.resizePermittedAt(), fill.bytesPerSecond(), usage(fill.sample()));
    };
  }

  private static String action(VolumeFacts object, ResizeOrder order) {
    if (order.rebalance() != null) {
      return RebalanceAction.NAME;
    }
    return object.subject() == Subject.POOL ? ExpandAction.NAME : ResizeAction.NAME;
  }

  static RuleObjectState object(VolumeFacts volume, String rule, Effect.Moved moved) {
    Optional<Preview> growth = growth(moved.to());
    return RuleObjectState.newBuilder()
        .setRuleName(rule)
        .setVolumeId(volume.id())
        .setVolumeName(volume.name())
        .setObjectKind(kind(volume))
        .setPhase(phase(moved.to()))
        .setSince(moved.to().since())
        .setReason(moved.reason().name())
        .setMessage(moved.message())
        .setTriggerId(trigger(moved.to()).map(trigger -> trigger.id().toString()).orElse(null))
        .setFromBytes(growth.map(Preview::fromBytes).orElse(null))
        .setToBytes(growth.map(Preview::toBytes).orElse(null))
        .build();
  }

  static RulePhase phase(RuleState state) {
    return switch (state) {
      case RuleState.Initializing _ -> RulePhase.Initializing;
      case RuleState.Normal _ -> RulePhase.Normal;
      case RuleState.Triggered _ -> RulePhase.Triggered;
      case RuleState.ActionAwaitingApproval _ -> RulePhase.ActionAwaitingApproval;
      case RuleState.ActionsDeclined _ -> RulePhase.ActionsDeclined;
      case RuleState.ActiveActionsPending _ -> RulePhase.ActiveActionsPending;
      case RuleState.ActiveActionsInProgress _ -> RulePhase.ActiveActionsInProgress;
      case RuleState.ActiveActionsTaken _ -> RulePhase.ActiveActionsTaken;
    };
  }

  private static Optional<Trigger> trigger(RuleState state) {
    return switch (state) {
      case RuleState.Initializing _, RuleState.Normal _ -> Optional.empty();
      case RuleState.Triggered triggered -> Optional.of(triggered.trigger());
      case RuleState.ActionAwaitingApproval awaiting -> Optional.of(awaiting.trigger());
      case RuleState.ActionsDeclined declined -> Optional.of(declined.trigger());
      case RuleState.ActiveActionsPending pending -> Optional.of(pending.trigger());
      case RuleState.ActiveActionsInProgress running -> Optional.of(running.trigger());
      case RuleState.ActiveActionsTaken taken -> Optional.of(taken.trigger());
    };
  }

  private static Optional<Preview> growth(RuleState state) {
    return switch (state) {
      case RuleState.ActionAwaitingApproval awaiting -> Optional.of(awaiting.preview());
      case RuleState.ActiveActionsPending pending -> Optional.ofNullable(pending.approved());
      case RuleState.ActiveActionsInProgress running -> Optional.of(growth(running.order()));
      case RuleState.ActiveActionsTaken taken -> Optional.of(growth(taken.order()));
      case RuleState.Initializing _,
          RuleState.Normal _,
          RuleState.Triggered _,
          RuleState.ActionsDeclined _ ->
          Optional.empty();
    };
  }

  private static Preview growth(ResizeOrder order) {
    return new Preview(order.fromBytes(), order.toBytes());
  }

  private static MeasuredUsage usage(UsageSample sample) {
    return new MeasuredUsage(
        sample.at(),
        sample.capacityBytes(),
        sample.fsSizeBytes(),
        sample.fsUsedBytes(),
        sample.inodesTotal(),
        sample.inodesUsed(),
        sample.allocatedBytes(),
        sample.pool() == null ? -1 : sample.pool().provisionedBytes());
  }

  private static List<ConditionReading> readings(List<ConditionExpression.Judged> readings) {
    return readings.stream()
        .map(judged ->
            new ConditionReading(
                judged.condition().key(),
                judged.condition().operator().written(),
                judged.condition().values().stream().map(BigDecimal::toPlainString).toList(),
                value(judged.reading()),
                judged.verdict().name(),
                computedAt(judged.reading())))
        .toList();
  }

  private static @Nullable String value(Reading reading) {
    return reading.number().map(value -> value.stripTrailingZeros().toPlainString()).orElse(null);
  }

  private static @Nullable Instant computedAt(Reading reading) {
    return switch (reading) {
      case Reading.Answered answered -> answered.at();
      case Reading.NotInAnswer empty -> empty.at();
      case Reading.Known _, Reading.Absent _, Reading.Unanswered _, Reading.Undefined _ -> null;
    };
  }
}
