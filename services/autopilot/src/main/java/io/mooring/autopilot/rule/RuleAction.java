package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.Metric.Subject;

/** What a rule does. */
public sealed interface RuleAction permits ResizeAction, RebalanceAction, ExpandAction {

  /** The action's name in rules. */
  String name();

  /** What it is done to. */
  Subject subject();
}
