package io.mooring.autopilot.expression;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/** What an expression comes to on one measurement. Only a number can ever trigger a rule. */
public sealed interface Reading {

  /** The number, if there is one. */
  default Optional<BigDecimal> number() {
    return switch (this) {
      case Known(BigDecimal value) -> Optional.of(value);
      case Answered(BigDecimal value, Instant _) -> Optional.of(value);
      case Absent _, NotInAnswer _, Unanswered _, Undefined _ -> Optional.empty();
    };
  }

  /** A number. */
  record Known(BigDecimal value) implements Reading {}

  /**
   * The measurement is good and says that there is no such thing, such as the inodes of a volume
   * that nobody mounted.
   */
  record Absent(Metric metric) implements Reading {}

  /** A monitoring server's number, and the moment for which it computed it. */
  record Answered(BigDecimal value, Instant at) implements Reading {}

  /** A monitoring server answered, and its answer has nothing about the object. */
  record NotInAnswer(Instant at) implements Reading {}

  /** There is no answer that says anything about the present. */
  record Unanswered(String query) implements Reading {}

  /** The arithmetic has no result, such as a division by zero. */
  record Undefined(String reason) implements Reading {}
}
