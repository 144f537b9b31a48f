package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.Metric.Subject;
import java.math.BigDecimal;
import java.util.OptionalLong;

/**
 * Grows a volume.
 *
 * @param scalePercentage growth in percent of the current size
 * @param maxSizeBytes size that is never exceeded; empty for no limit
 */
public record ResizeAction(BigDecimal scalePercentage, OptionalLong maxSizeBytes)
    implements RuleAction {

  /** The action's name in rules. */
  public static final String NAME = "openstorage.io.action.volume/resize";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Subject subject() {
    return Subject.VOLUME;
  }
}
