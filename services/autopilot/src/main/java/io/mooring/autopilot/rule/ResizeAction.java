package io.mooring.autopilot.rule;

import java.math.BigDecimal;
import java.util.OptionalLong;

/**
 * Grows a volume.
 *
 * @param scalePercentage growth in percent of the current size
 * @param maxSizeBytes size that is never exceeded; empty for no limit
 */
public record ResizeAction(BigDecimal scalePercentage, OptionalLong maxSizeBytes) {

  /** The action's name in rules. */
  public static final String NAME = "openstorage.io.action.volume/resize";
}
