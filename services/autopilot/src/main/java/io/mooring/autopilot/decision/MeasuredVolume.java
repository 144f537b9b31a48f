package io.mooring.autopilot.decision;

import io.mooring.autopilot.expression.Metric;
import io.mooring.autopilot.expression.MetricExpression.Query;
import io.mooring.autopilot.expression.MetricValues;
import io.mooring.autopilot.expression.Reading;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What rules see of a volume at the time of a measurement: the measurement, and those answers of a
 * monitoring server that say something about that time.
 *
 * @param grownSince when the newest growth was measured; what was sampled before says nothing
 */
record MeasuredVolume(UsageSample sample, Map<String, Answer> answers, @Nullable Instant grownSince)
    implements MetricValues {

  @Override
  public OptionalLong valueOf(Metric metric) {
    return sample.valueOf(metric);
  }

  @Override
  public Reading answerTo(Query query) {
    Answer answer = answers.get(query.text());
    if (answer == null || !saysSomethingAboutNow(query, answer)) {
      return new Reading.Unanswered(query.text());
    }
    BigDecimal value = answer.value();
    return value == null
        ? new Reading.NotInAnswer(answer.at())
        : new Reading.Answered(value, answer.at());
  }

  private boolean saysSomethingAboutNow(Query query, Answer answer) {
    Duration age = Duration.between(answer.at(), sample.at()).abs();
    Instant sampledFrom = answer.at().minus(query.lookBack());
    return age.compareTo(query.ageMax()) <= 0
        && (grownSince == null || sampledFrom.isAfter(grownSince));
  }
}
