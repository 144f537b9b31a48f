package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.ExpressionParser;
import io.mooring.autopilot.expression.MetricExpression;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names under which rules know the deviations of pools: the percentage of a pool's capacity that is
 * provisioned or used, less the same percentage of all pools together, in percentage points.
 */
enum PoolAlias {
  PROVISIONED(
      "PoolProvDeviationPerc",
      "100 * mooring_pool_provisioned_bytes / mooring_pool_capacity_bytes"
          + " - 100 * mooring_cluster_provisioned_bytes / mooring_cluster_capacity_bytes"),
  USED(
      "PoolUsageDeviationPerc",
      "100 * mooring_pool_used_bytes / mooring_pool_capacity_bytes"
          + " - 100 * mooring_cluster_used_bytes / mooring_cluster_capacity_bytes");

  /** Where a rule compares with fixed percentages, pools are made this even. */
  private static final BigDecimal DEVIATION_DEFAULT = BigDecimal.valueOf(5);

  private final String written;
  private final MetricExpression expression;

  PoolAlias(String written, String formula) {
    this.written = written;
    this.expression =
        ExpressionParser.parse(formula)
                instanceof ExpressionParser.Outcome.Parsed(MetricExpression parsed)
            ? parsed
            : new MetricExpression.Literal(BigDecimal.ZERO);
  }

  MetricExpression expression() {
    return expression;
  }

  static Optional<PoolAlias> named(String name) {
    return Stream.of(values()).filter(alias -> alias.written.equals(name)).findFirst();
  }

  static List<String> names() {
    return Stream.of(values()).map(alias -> alias.written).toList();
  }

  /**
   * How even pools must become for conditions not to hold soon again: half of the smallest
   * deviation that a condition names.
   */
  static double deviationFor(Conditions conditions) {
    return conditions.expressions().stream()
        .filter(condition -> named(condition.key()).isPresent())
        .flatMap(condition -> condition.values().stream())
        .map(BigDecimal::abs)
        .filter(value -> value.signum() > 0)
        .min(BigDecimal::compareTo)
        .map(value -> value.divide(BigDecimal.TWO, new MathContext(5, RoundingMode.DOWN)))
        .orElse(DEVIATION_DEFAULT)
        .doubleValue();
  }
}
