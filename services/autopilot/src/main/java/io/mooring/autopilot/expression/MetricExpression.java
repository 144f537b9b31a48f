package io.mooring.autopilot.expression;

import io.mooring.autopilot.expression.Reading.Absent;
import io.mooring.autopilot.expression.Reading.Known;
import io.mooring.autopilot.expression.Reading.Undefined;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Arithmetic over metrics, as a tree.
 *
 * <p>It is computed in decimal, not in binary floating point: with doubles, {@code 100 * (55 /
 * 100)} is a little more than 55, and a volume that is exactly at its threshold would be resized.
 */
public sealed interface MetricExpression {

  /** A number that the rule's author wrote. */
  record Literal(BigDecimal value) implements MetricExpression {}

  /** The measured value of a metric. */
  record Measured(Metric metric) implements MetricExpression {}

  /** The opposite of another expression. */
  record Negated(MetricExpression operand) implements MetricExpression {}

  /** Two expressions and what is done with them. */
  record Combined(MetricExpression left, Operator operator, MetricExpression right)
      implements MetricExpression {}

  /**
   * A query that a monitoring server answers.
   *
   * @param text as the rule's author wrote it
   * @param interval how often it is asked
   * @param ageMax how old an answer may be that says something about the present
   * @param lookBack how old the samples may be that an answer was computed from: what was answered
   *     for a moment is known to be later than a growth only if it lies that much after it
   */
  record Query(String text, Duration interval, Duration ageMax, Duration lookBack)
      implements MetricExpression {}

  /** The four operations. */
  enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE
  }

  /** The value on one measurement. */
  default Reading evaluate(MetricValues values) {
    return switch (this) {
      case Literal(BigDecimal value) -> new Known(value);
      case Measured(Metric metric) -> {
        var value = values.valueOf(metric);
        yield value.isPresent()
            ? new Known(BigDecimal.valueOf(value.getAsLong()))
            : new Absent(metric);
      }
      case Query query -> values.answerTo(query);
      case Negated(MetricExpression operand) -> negate(operand.evaluate(values));
      case Combined(MetricExpression left, Operator operator, MetricExpression right) ->
          combine(left.evaluate(values), operator, right.evaluate(values));
    };
  }

  /** Every metric that the expression looks at. */
  default Set<Metric> metrics() {
    Set<Metric> found = EnumSet.noneOf(Metric.class);
    switch (this) {
      case Literal _, Query _ -> {}
      case Measured(Metric metric) -> found.add(metric);
      case Negated(MetricExpression operand) -> found.addAll(operand.metrics());
      case Combined(MetricExpression left, Operator _, MetricExpression right) -> {
        found.addAll(left.metrics());
        found.addAll(right.metrics());
      }
    }
    return found;
  }

  private static Reading negate(Reading reading) {
    return reading instanceof Known(BigDecimal value) ? new Known(value.negate()) : reading;
  }

  private static Reading combine(Reading left, Operator operator, Reading right) {
    if (!(left instanceof Known(BigDecimal a))) {
      return left;
    }
    if (!(right instanceof Known(BigDecimal b))) {
      return right;
    }
    return switch (operator) {
      case ADD -> new Known(a.add(b, MathContext.DECIMAL128));
      case SUBTRACT -> new Known(a.subtract(b, MathContext.DECIMAL128));
      case MULTIPLY -> new Known(a.multiply(b, MathContext.DECIMAL128));
      case DIVIDE ->
          b.signum() == 0
              ? new Undefined("division by zero")
              : new Known(a.divide(b, MathContext.DECIMAL128));
    };
  }
}
