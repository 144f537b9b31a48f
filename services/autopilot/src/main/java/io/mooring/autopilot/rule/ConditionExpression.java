package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.MetricExpression;
import io.mooring.autopilot.expression.MetricValues;
import io.mooring.autopilot.expression.Reading;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * One condition: an expression, and what is asked of its value.
 *
 * @param key the expression as it was written
 */
public record ConditionExpression(
    String key, MetricExpression expression, Operator operator, List<BigDecimal> values) {

  public ConditionExpression {
    values = List.copyOf(values);
  }

  /** What the condition came to on one measurement. */
  public record Judged(ConditionExpression condition, Reading reading, Verdict verdict) {}

  /** How a value is compared; {@link #GT} and {@link #LT} are strict. */
  public enum Operator {
    IN("In", 1, Integer.MAX_VALUE),
    NOT_IN("NotIn", 1, Integer.MAX_VALUE),
    EXISTS("Exists", 0, 0),
    DOES_NOT_EXIST("DoesNotExist", 0, 0),
    GT("Gt", 1, 1),
    GT_EQ("GtEq", 1, 1),
    LT("Lt", 1, 1),
    LT_EQ("LtEq", 1, 1),
    IN_RANGE("InRange", 2, 2),
    NOT_IN_RANGE("NotInRange", 2, 2);

    private final String written;
    private final int valuesMin;
    private final int valuesMax;

    Operator(String written, int valuesMin, int valuesMax) {
      this.written = written;
      this.valuesMin = valuesMin;
      this.valuesMax = valuesMax;
    }

    /** The operator as rules write it. */
    public String written() {
      return written;
    }

    boolean takes(int values) {
      return values >= valuesMin && values <= valuesMax;
    }

    String valuesTaken() {
      return switch (this) {
        case IN, NOT_IN -> "at least one value";
        case EXISTS, DOES_NOT_EXIST -> "no values";
        case GT, GT_EQ, LT, LT_EQ -> "exactly one value";
        case IN_RANGE, NOT_IN_RANGE -> "exactly two values, the lower one first";
      };
    }
  }

  public Judged judge(MetricValues measured) {
    Reading reading = expression.evaluate(measured);
    Verdict verdict =
        switch (reading) {
          case Reading.Known(BigDecimal value) -> met(holds(value));
          case Reading.Absent _ ->
              switch (operator) {
                case EXISTS -> Verdict.NOT_MET;
                case DOES_NOT_EXIST -> Verdict.MET;
                case IN, NOT_IN, GT, GT_EQ, LT, LT_EQ, IN_RANGE, NOT_IN_RANGE -> Verdict.UNKNOWN;
              };
          case Reading.Answered(BigDecimal value, Instant _) -> met(holds(value));
          // Missing data never leads to anything.
          case Reading.NotInAnswer _ ->
              operator == Operator.EXISTS ? Verdict.NOT_MET : Verdict.UNKNOWN;
          case Reading.Unanswered _, Reading.Undefined _ -> Verdict.UNKNOWN;
        };
    return new Judged(this, reading, verdict);
  }

  private boolean holds(BigDecimal value) {
    return switch (operator) {
      case IN -> isAmongValues(value);
      case NOT_IN -> !isAmongValues(value);
      case EXISTS -> true;
      case DOES_NOT_EXIST -> false;
      case GT -> value.compareTo(values.getFirst()) > 0;
      case GT_EQ -> value.compareTo(values.getFirst()) >= 0;
      case LT -> value.compareTo(values.getFirst()) < 0;
      case LT_EQ -> value.compareTo(values.getFirst()) <= 0;
      case IN_RANGE -> isInRange(value);
      case NOT_IN_RANGE -> !isInRange(value);
    };
  }

  private boolean isAmongValues(BigDecimal value) {
    return values.stream().anyMatch(listed -> listed.compareTo(value) == 0);
  }

  /** Both ends belong to the range. */
  private boolean isInRange(BigDecimal value) {
    return value.compareTo(values.getFirst()) >= 0 && value.compareTo(values.getLast()) <= 0;
  }

  private static Verdict met(boolean holds) {
    return holds ? Verdict.MET : Verdict.NOT_MET;
  }
}
