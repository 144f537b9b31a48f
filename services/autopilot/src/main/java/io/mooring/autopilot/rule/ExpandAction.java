package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.Metric.Subject;
import java.math.BigDecimal;
import java.util.OptionalLong;

/**
 * Grows the drive below a pool, with its file system.
 *
 * @param growth by how much
 * @param maxSizeBytes size of the drive that is never exceeded; empty for no limit but the agent's
 */
public record ExpandAction(Growth growth, OptionalLong maxSizeBytes) implements RuleAction {

  /** The action's name in rules. */
  public static final String NAME = "openstorage.io.action.storagepool/expand";

  /** By how much a drive grows. */
  public sealed interface Growth {
    /** In percent of the size that it has. */
    record Percentage(BigDecimal percent) implements Growth {}

    record Bytes(long bytes) implements Growth {}
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Subject subject() {
    return Subject.POOL;
  }
}
