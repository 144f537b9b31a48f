package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.BrokerVolumes;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.NodePools;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something that was recorded about a volume and that decisions follow from. */
public sealed interface Recorded {

  /** When it was written to its topic. */
  Instant writtenAt();

  String volumeId();

  /** The catalogue described the volume. */
  record Described(Instant writtenAt, VolumeFacts facts) implements Recorded {
    @Override
    public String volumeId() {
      return facts.id();
    }
  }

  /** The catalogue gave the volume another size. */
  record Expanded(Instant writtenAt, String volumeId, long sizeBytes) implements Recorded {}

  /** Kubernetes said which claim the volume belongs to; null if to none any more. */
  record Labelled(Instant writtenAt, String volumeId, @Nullable Claim claim) implements Recorded {}

  /** A monitoring server answered a query about the volume or pool. */
  record Queried(Instant writtenAt, String volumeId, String query, Answer answer)
      implements Recorded {}

  record Measured(Instant writtenAt, String volumeId, UsageSample sample) implements Recorded {}

  /** A command was refused, or growth was reported. */
  record Answered(Instant writtenAt, String volumeId, RuleInput answer) implements Recorded {}

  /** A person decided. */
  record Approved(Instant writtenAt, String volumeId, String rule, RuleInput.Approval approval)
      implements Recorded {}

  /** A node described its pools; it stands for the volume. */
  record PoolsDescribed(Instant writtenAt, NodePools node) implements Recorded {
    @Override
    public String volumeId() {
      return node.nodeId() + "/";
    }
  }

  /** A command about pools was refused, or a rebalance has ended; nobody knows yet whose it was. */
  record PoolsAnswered(Instant writtenAt, RuleInput answer) implements Recorded {
    @Override
    public String volumeId() {
      return "/";
    }
  }

  /** A broker said what its logs can come to hold; which volumes they are on is found out later. */
  record BrokerTold(Instant writtenAt, BrokerVolumes.Broker broker) implements Recorded {
    @Override
    public String volumeId() {
      return "";
    }
  }

  /** Whether it may matter whichever volume was asked for. */
  default boolean concernsAll() {
    return isAboutPools() || this instanceof BrokerTold;
  }

  /** Whether it is about pools; ids of volumes have no slash. */
  default boolean isAboutPools() {
    return volumeId().indexOf('/') >= 0;
  }
}
