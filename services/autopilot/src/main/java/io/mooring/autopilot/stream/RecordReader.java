package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.BrokerVolumes;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.RetentionCeiling;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.schemas.AutopilotCommand;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.DecideApproval;
import io.mooring.schemas.LogDirectoryRetention;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.QueryReading;
import io.mooring.schemas.RebalanceChanged;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeLabels;
import io.mooring.schemas.VolumeResized;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What records of the control topics mean to the autopilot. */
public final class RecordReader {

  private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

  private RecordReader() {}

  public static VolumeFacts facts(VolumeState state) {
    return new VolumeFacts(
        state.getVolumeId(), state.getName(), state.getSizeBytes(), state.getSpec().getLabels());
  }

  public static UsageSample sample(VolumeUsage usage) {
    return new UsageSample(
        usage.getAt(),
        usage.getCapacityBytes(),
        usage.getFsSizeBytes(),
        usage.getFsUsedBytes(),
        usage.getInodesTotal(),
        usage.getInodesUsed(),
        usage.getAllocatedBytes());
  }

  /** Empty if the event says nothing about resizes that a measurement does not say. */
  public static Optional<RuleInput> answer(VolumeEvent event) {
    return switch (event.getDetail()) {
      case CommandRejected rejected ->
          Optional.of(
              new RuleInput.Refused(
                  rejected.getIdempotencyKey(),
                  rejected.getCode(),
                  rejected.getWhat() + " " + rejected.getWhy(),
                  event.getAt()));
      case VolumeResized resized ->
          Optional.of(new RuleInput.Grown(resized.getSizeBytes(), event.getAt()));
      default -> Optional.empty();
    };
  }

  /** Empty if the event neither refuses a command nor ends a rebalance. */
  public static Optional<RuleInput> answer(PoolEvent event) {
    return switch (event.getDetail()) {
      case PoolCommandRejected rejected ->
          Optional.of(
              new RuleInput.Refused(
                  rejected.getIdempotencyKey(),
                  rejected.getCode(),
                  rejected.getWhat() + " " + rejected.getWhy(),
                  event.getAt()));
      case RebalanceChanged changed ->
          switch (changed.getPhase()) {
            case DONE, CANCELLED ->
                Optional.of(
                    new RuleInput.Rebalanced(
                        Set.copyOf(changed.getCommands()), outcome(changed), event.getAt()));
            case PENDING, RUNNING, PAUSED -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }

  private static String outcome(RebalanceChanged changed) {
    return "Rebalance %s is %s: %d of %d moves done, largest deviation %.1f points, before %.1f"
        .formatted(
            changed.getJobId(),
            changed.getPhase(),
            changed.getMovesDone(),
            changed.getMovesPlanned(),
            changed.getDeviationNow(),
            changed.getDeviationBefore());
  }

  /**
   * A person's decision.
   *
   * @throws IllegalArgumentException if it is none that is known
   */
  public static RuleInput.Approval approval(AutopilotCommand command) {
    if (!(command.getDetail() instanceof DecideApproval decision)) {
      throw new IllegalArgumentException("unknown detail " + command.getDetail().getClass());
    }
    RuleInput.ApprovalDecision decided =
        switch (decision.getDecision()) {
          case APPROVE -> RuleInput.ApprovalDecision.APPROVE;
          case DECLINE -> RuleInput.ApprovalDecision.DECLINE;
          case WITHDRAW -> RuleInput.ApprovalDecision.WITHDRAW;
        };
    return new RuleInput.Approval(
        UUID.fromString(decision.getApprovalId()),
        decided,
        command.getRequestedBy(),
        command.getAt());
  }

  public static Claim claim(VolumeLabels labels) {
    return new Claim(
        labels.getNamespace(),
        labels.getClaim(),
        labels.getClaimLabels(),
        labels.getNamespaceLabels());
  }

  public static BrokerVolumes.Broker broker(BrokerRetention retention) {
    return new BrokerVolumes.Broker(
        new BrokerVolumes.Pod(retention.getNamespace(), retention.getPod()),
        retention.getClusterName() + "/" + retention.getBrokerId(),
        retention.getAt(),
        retention.getDirectories().stream()
            .map(directory ->
                new BrokerVolumes.LogDirectory(
                    directory.getPath(),
                    directory.getFsSizeBytes(),
                    ceiling(retention.getAt(), directory)))
            .toList());
  }

  private static RetentionCeiling ceiling(Instant at, LogDirectoryRetention directory) {
    List<RetentionCeiling.Step> steps = new ArrayList<>();
    directory
        .getHorizons()
        .forEach(horizon ->
            steps.add(
                new RetentionCeiling.Step(
                    Duration.ofMillis(horizon.getWithinMs()), horizon.getLogBytesMax())));
    Long ever = directory.getCeilingBytes();
    if (ever != null) {
      steps.add(new RetentionCeiling.Step(FOR_EVER, ever));
    }
    return new RetentionCeiling(
        at,
        Math.max(0, directory.getFsUsedBytes() - directory.getLogBytes()),
        directory.getInflowBytesPerSecond(),
        steps);
  }

  /**
   * @throws NumberFormatException if the value is none, which makes the record a dead letter
   */
  public static Answer answer(QueryReading reading) {
    String value = reading.getValue();
    return new Answer(value == null ? null : new BigDecimal(value), reading.getAt());
  }
}
