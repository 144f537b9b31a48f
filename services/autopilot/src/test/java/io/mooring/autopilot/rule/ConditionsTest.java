package io.mooring.autopilot.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.expression.ExpressionParser;
import io.mooring.autopilot.expression.ExpressionParser.Outcome;
import io.mooring.autopilot.expression.Metric;
import io.mooring.autopilot.expression.MetricValues;
import io.mooring.autopilot.rule.ConditionExpression.Operator;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

  private static final String USED = "px_volume_usage_bytes";
  private static final String INODES = "mooring_volume_inodes_used";

  @ParameterizedTest
  @CsvSource({
    "GT, 79, 80, , NOT_MET",
    "GT, 80, 80, , NOT_MET",
    "GT, 81, 80, , MET",
    "GT_EQ, 80, 80, , MET",
    "GT_EQ, 79, 80, , NOT_MET",
    "LT, 80, 80, , NOT_MET",
    "LT, 79, 80, , MET",
    "LT_EQ, 80, 80, , MET",
    "LT_EQ, 81, 80, , NOT_MET",
    "IN, 80, 70, 80, MET",
    "IN, 75, 70, 80, NOT_MET",
    "NOT_IN, 75, 70, 80, MET",
    "NOT_IN, 80, 70, 80, NOT_MET",
    "IN_RANGE, 70, 70, 80, MET",
    "IN_RANGE, 80, 70, 80, MET",
    "IN_RANGE, 81, 70, 80, NOT_MET",
    "NOT_IN_RANGE, 81, 70, 80, MET",
    "NOT_IN_RANGE, 70, 70, 80, NOT_MET",
    "EXISTS, 1, , , MET",
    "DOES_NOT_EXIST, 1, , , NOT_MET"
  })
  void operatorsCompareAsTheySay(
      Operator operator, long used, Long first, Long second, Verdict expected) {
    assertThat(all(condition(USED, operator, first, second)).judge(used(used)).verdict())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "GT, 80, UNKNOWN",
    "LT, 80, UNKNOWN",
    "NOT_IN, 80, UNKNOWN",
    "EXISTS, , NOT_MET",
    "DOES_NOT_EXIST, , MET"
  })
  void whatIsNotMeasuredIsNeverCompared(Operator operator, Long value, Verdict expected) {
    assertThat(all(condition(INODES, operator, value, null)).judge(used(50)).verdict())
        .isEqualTo(expected);
  }

  @Test
  void asManyMustBeMetAsTheRuleRequires() {
    var met = condition(USED, Operator.GT, 10L, null);
    var notMet = condition(USED, Operator.GT, 90L, null);
    var unknown = condition(INODES, Operator.GT, 90L, null);

    assertThat(verdict(2, met, notMet)).isEqualTo(Verdict.NOT_MET);
    assertThat(verdict(1, met, notMet)).isEqualTo(Verdict.MET);
    assertThat(verdict(1, met, unknown)).isEqualTo(Verdict.MET);
    assertThat(verdict(2, met, unknown)).isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(2, notMet, unknown)).isEqualTo(Verdict.NOT_MET);
    assertThat(verdict(2, met, notMet, unknown)).isEqualTo(Verdict.UNKNOWN);
  }

  private static Verdict verdict(int required, ConditionExpression... expressions) {
    return new Conditions(List.of(expressions), required, Duration.ZERO).judge(used(50)).verdict();
  }

  private static Conditions all(ConditionExpression expression) {
    return new Conditions(List.of(expression), 1, Duration.ZERO);
  }

  private static ConditionExpression condition(
      String key, Operator operator, Long first, Long second) {
    List<BigDecimal> values =
        Arrays.asList(first, second).stream()
            .filter(value -> value != null)
            .map(BigDecimal::valueOf)
            .toList();
    var expression = ((Outcome.Parsed) ExpressionParser.parse(key)).expression();
    return new ConditionExpression(key, expression, operator, values);
  }

  private static MetricValues used(long bytes) {
    return metric -> metric == Metric.USED_BYTES ? OptionalLong.of(bytes) : OptionalLong.empty();
  }
}
