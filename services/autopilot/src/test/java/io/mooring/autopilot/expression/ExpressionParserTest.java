package io.mooring.autopilot.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.expression.ExpressionParser.Outcome;
import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionParserTest {

  private static final Map<Metric, Long> VALUES =
      Map.of(
          Metric.USED_BYTES, 320_000_000_000L,
          Metric.CAPACITY_BYTES, 400_000_000_000L,
          Metric.POOL_TOTAL_BYTES, 3L << 30,
          Metric.POOL_AVAILABLE_BYTES, 1L << 30,
          Metric.POOL_PROVISIONED_BYTES, 6L << 30);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          100 * (px_volume_usage_bytes / px_volume_capacity_bytes)                      | 80
          100 * (mooring_volume_used_bytes / mooring_volume_capacity_bytes)             | 80
          px_volume_capacity_bytes / 1000000000                                         | 400
          px_pool_stats_total_bytes/(1024*1024*1024)                                    | 3
          100 * (px_pool_stats_provisioned_bytes/ on (pool) px_pool_stats_total_bytes)  | 200
          px_pool_stats_total_bytes - on(pool, node) px_pool_stats_available_bytes      | 2147483648
          1 + 2 * 3                                                                     | 7
          (1 + 2) * 3                                                                   | 9
          10 - 4 - 3                                                                    | 3
          24 / 4 / 2                                                                    | 3
          -2 * -(3 + +1)                                                                | 8
          1.5e3 + .5                                                                    | 1500.5
          """)
  void formsThatRulesUseHaveTheirArithmeticValue(String text, BigDecimal expected) {
    assertThat(evaluate(text))
        .isInstanceOfSatisfying(
            Reading.Known.class, known -> assertThat(known.value()).isEqualByComparingTo(expected));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 14, 28, 29, 55, 56, 57, 58})
  void aVolumeExactlyAtItsThresholdIsNotAboveIt(long used) {
    var expression = parsed("100 * (px_volume_usage_bytes / px_volume_capacity_bytes)");
    Reading reading =
        expression.evaluate(metric -> OptionalLong.of(metric == Metric.USED_BYTES ? used : 100));

    assertThat(((Reading.Known) reading).value()).isEqualByComparingTo(BigDecimal.valueOf(used));
  }

  @Test
  void aMetricThatTheObjectDoesNotHaveMakesTheWholeAbsent() {
    assertThat(evaluate("100 * mooring_volume_inodes_used / mooring_volume_inodes_total"))
        .isEqualTo(new Reading.Absent(Metric.INODES_USED));
    assertThat(evaluate("-mooring_volume_inodes_used"))
        .isEqualTo(new Reading.Absent(Metric.INODES_USED));
  }

  @Test
  void divisionByZeroHasNoValue() {
    assertThat(evaluate("1 / (px_volume_usage_bytes - 320000000000)"))
        .isInstanceOf(Reading.Undefined.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 +                                        | 4
          (1                                         | 3
          1)                                         | 2
          1 2                                        | 3
          1..2                                       | 1
          1e999                                      | 1
          rate(px_volume_usage_bytes)                | 5
          px_volume_usage_bytes{pvc="a"}             | 22
          px_volume_usage_bytes[5m]                  | 22
          px_volume_usage_bytes / on () 1            | 29
          px_volume_usage_bytes % 2                  | 23
          """)
  void whatCannotBeReadIsReportedWhereItStands(String text, int column) {
    assertThat(ExpressionParser.parse(text))
        .isInstanceOfSatisfying(
            Outcome.Malformed.class, problem -> assertThat(problem.column()).isEqualTo(column));
  }

  @Test
  void hostileLengthAndDepthAreMalformed() {
    assertThat(ExpressionParser.parse("(".repeat(900))).isInstanceOf(Outcome.Malformed.class);
    assertThat(ExpressionParser.parse("-".repeat(900) + "1")).isInstanceOf(Outcome.Malformed.class);
    assertThat(ExpressionParser.parse("1" + "+1".repeat(1000)))
        .isInstanceOf(Outcome.Malformed.class);
    assertThat(ExpressionParser.parse("")).isInstanceOf(Outcome.Malformed.class);
  }

  @Test
  void anUnknownMetricIsNamed() {
    assertThat(ExpressionParser.parse("px_volume_usage_byte / 2"))
        .isEqualTo(new Outcome.UnknownMetric("px_volume_usage_byte"));
  }

  private static Reading evaluate(String text) {
    return parsed(text)
        .evaluate(metric ->
            VALUES.containsKey(metric)
                ? OptionalLong.of(VALUES.get(metric))
                : OptionalLong.empty());
  }

  private static MetricExpression parsed(String text) {
    return ((Outcome.Parsed) ExpressionParser.parse(text)).expression();
  }
}
