package io.mooring.autopilot.rule;

import io.mooring.autopilot.expression.Metric.Subject;

/**
 * Moves replicas from over-full to under-full pools. It has no parameters; how even the pools are
 * to become follows from the rule's conditions, so that what has been done does not trigger it
 * again.
 *
 * @param deviationPercent pools that differ from the mean by at most this many percentage points
 *     are left alone
 */
public record RebalanceAction(double deviationPercent) implements RuleAction {

  /** The action's name in rules. */
  public static final String NAME = "openstorage.io.action.storagepool/rebalance";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Subject subject() {
    return Subject.POOL;
  }
}
