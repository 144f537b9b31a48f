package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.MetricValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When a rule triggers.
 *
 * @param expressions what is looked at
 * @param requiredMatches how many of them must be met; all, if the author did not say
 * @param holdFor how long they must be met without a break
 */
public record Conditions(
    List<ConditionExpression> expressions, int requiredMatches, Duration holdFor) {

  public Conditions {
    expressions = List.copyOf(expressions);
  }

  /** What the conditions come to on one measurement, with each reading. */
  public record Judgement(Verdict verdict, List<ConditionExpression.Judged> readings) {
    public Judgement {
      readings = List.copyOf(readings);
    }
  }

  public Judgement judge(MetricValues values) {
    // A loop, because it is run for each rule at each measurement.
    List<ConditionExpression.Judged> readings = new ArrayList<>(expressions.size());
    int met = 0;
    int unknown = 0;
    for (ConditionExpression expression : expressions) {
      ConditionExpression.Judged judged = expression.judge(values);
      readings.add(judged);
      switch (judged.verdict()) {
        case MET -> met++;
        case UNKNOWN -> unknown++;
        case NOT_MET -> {}
      }
    }
    Verdict verdict = Verdict.NOT_MET;
    if (met >= requiredMatches) {
      verdict = Verdict.MET;
    } else if (met + unknown >= requiredMatches) {
      verdict = Verdict.UNKNOWN;
    }
    return new Judgement(verdict, readings);
  }
}
