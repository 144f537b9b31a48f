package io.mooring.autopilot.rule;

/**
 * Why a rule cannot be used.
 *
 * @param code stable code
 * @param path place in the rule, as its author wrote it, such as {@code spec.actions[0].name}
 */
public record RuleProblem(String code, String path, String what, String why, String fix) {

  @Override
  public String toString() {
    return "%s %s: %s %s %s".formatted(code, path, what, why, fix);
  }
}
