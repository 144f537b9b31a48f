package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.MetricExpression.Query;
import java.time.Duration;

/**
 * Whether and how queries are answered that are more than arithmetic over known metrics.
 *
 * @param answered whether there is a monitoring server
 * @param intervalMin shortest time between two requests for the same query
 * @param lookBack how old the samples may be from which the server computes an answer
 */
public record QueryTerms(boolean answered, Duration intervalMin, Duration lookBack) {

  /** There is no monitoring server. */
  public static final QueryTerms NONE = new QueryTerms(false, Duration.ZERO, Duration.ZERO);

  /** An answer outlives one that is missed. */
  private static final int INTERVALS_KEPT = 2;

  private static final Duration AGE_MAX_MIN = Duration.ofSeconds(30);

  Query query(String text, Duration pollInterval) {
    Duration interval = pollInterval.compareTo(intervalMin) < 0 ? intervalMin : pollInterval;
    Duration age = interval.multipliedBy(INTERVALS_KEPT);
    return new Query(text, interval, age.compareTo(AGE_MAX_MIN) < 0 ? AGE_MAX_MIN : age, lookBack);
  }
}
