package io.mooring.autopilot.rule;

import java.time.Duration;

/**
 * A rule after validation.
 *
 * @param name unique name
 * @param weight of two rules that want to act on one object, the heavier goes first
 * @param approvalRequired whether a person is asked before anything is done
 * @param selection which objects the rule is about
 * @param conditions when it triggers
 * @param action what is done then
 * @param timing its periods
 * @param forecast whether a resize may be sized by observed growth ({@code mooring.io/forecast})
 */
public record AutopilotRule(
    String name,
    long weight,
    boolean approvalRequired,
    Selection selection,
    Conditions conditions,
    RuleAction action,
    Timing timing,
    boolean forecast) {

  /** Time after an action in which the rule does not act on the same object again. */
  public static final Duration DEFAULT_COOL_DOWN = Duration.ofMinutes(5);

  public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(60);

  /**
   * Periods of a rule.
   *
   * @param pollInterval what the author wrote; measurements are never waited for
   * @param coolDown time after an action in which the rule does not act on the same object
   */
  public record Timing(Duration pollInterval, Duration coolDown) {}

  /** Objects that a rule is about, by their labels and those of their namespaces. */
  public record Selection(LabelSelector objects, LabelSelector namespaces) {}
}
