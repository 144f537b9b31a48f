package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.ConditionExpression;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows from an input. */
public sealed interface Effect {

  /**
   * The rule moved to another state.
   *
   * @param message what happened, for people
   * @param evidence the measurement that it follows from; null if it follows from something else
   */
  record Moved(
      RuleState from, RuleState to, Reason reason, String message, @Nullable Evidence evidence)
      implements Effect {}

  /** A volume or a pool is to grow, or pools are to be rebalanced. */
  record Resize(Trigger trigger, ResizeOrder order) implements Effect {}

  /** The conditions hold again, and the cool-down forbids to act on it. */
  record HeldBack(Trigger lastTrigger, Instant until, Evidence evidence) implements Effect {}

  /**
   * At the observed growth the volume is full before the rule may resize it again.
   *
   * @param trigger trigger whose cool-down it is
   */
  record WillFill(
      Trigger trigger,
      Instant fullAt,
      Instant resizePermittedAt,
      double bytesPerSecond,
      UsageSample sample)
      implements Effect {}

  /** A measurement and what the rule's conditions came to on it. */
  record Evidence(UsageSample sample, List<ConditionExpression.Judged> readings) {
    public Evidence {
      readings = List.copyOf(readings);
    }
  }
}
