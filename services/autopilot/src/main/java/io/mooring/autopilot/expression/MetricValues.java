package io.mooring.autopilot.expression;

import java.util.OptionalLong;

/** The metrics of one object at one moment; empty where the object has no such metric. */
@FunctionalInterface
public interface MetricValues {

  OptionalLong valueOf(Metric metric);

  /** What a monitoring server answered about the object; nothing, unless somebody asked it. */
  default Reading answerTo(MetricExpression.Query query) {
    return new Reading.Unanswered(query.text());
  }
}
