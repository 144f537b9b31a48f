package io.mooring.autopilot.rule;

import java.util.List;

/** What came out of reading one rule. */
public sealed interface RuleOutcome {

  record Valid(AutopilotRule rule) implements RuleOutcome {}

  /**
   * The rule is not used.
   *
   * @param name its name as far as it could be read; empty if it has none
   */
  record Invalid(String name, List<RuleProblem> problems) implements RuleOutcome {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
