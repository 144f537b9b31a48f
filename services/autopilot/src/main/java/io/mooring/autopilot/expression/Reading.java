package io.mooring.autopilot.expression;

import java.math.BigDecimal;

/** What an expression comes to on one measurement. Only {@link Known} can ever trigger a rule. */
public sealed interface Reading {

  /** A number. */
  record Known(BigDecimal value) implements Reading {}

  /**
   * The measurement is good and says that there is no such thing, such as the inodes of a volume
   * that nobody mounted.
   */
  record Absent(Metric metric) implements Reading {}

  /** The arithmetic has no result, such as a division by zero. */
  record Undefined(String reason) implements Reading {}
}
