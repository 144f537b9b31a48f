package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.MetricValues;
import java.time.Duration;
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
    List<ConditionExpression.Judged> readings =
        expressions.stream().map(expression -> expression.judge(values)).toList();
    long met = count(readings, Verdict.MET);
    long unknown = count(readings, Verdict.UNKNOWN);
    Verdict verdict = Verdict.NOT_MET;
    if (met >= requiredMatches) {
      verdict = Verdict.MET;
    } else if (met + unknown >= requiredMatches) {
      verdict = Verdict.UNKNOWN;
    }
    return new Judgement(verdict, readings);
  }

  private static long count(List<ConditionExpression.Judged> readings, Verdict verdict) {
    return readings.stream().filter(reading -> reading.verdict() == verdict).count();
  }
}
