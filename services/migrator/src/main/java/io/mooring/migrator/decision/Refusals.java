package io.mooring.migrator.decision;

/** Why a migration does not begin, or ends early: code, what, why and what to do. */
final class Refusals {

  private Refusals() {}

  static String nameTaken(String name) {
    return "MIG-050 Migration '%s' was not begun. There is or was one of this name.".formatted(name)
        + " Choose another name.";
  }

  static String expired(String name) {
    return "MIG-051 Migration '%s' was not begun. Its command waited for too long.".formatted(name)
        + " Ask for it again.";
  }

  static String running(String name, String other) {
    return "MIG-052 Migration '%s' was not begun. '%s' does the same and is not done."
            .formatted(name, other)
        + " Wait for it, or cancel it.";
  }

  static String cancelled(String name, String by) {
    return "MIG-053 Migration '%s' was cancelled. %s asked for it. Begin another one."
        .formatted(name, by);
  }

  static String ruleWithoutNamespace(String name) {
    return "MIG-100 Migration '%s' was not begun. It has rules and no namespace, whose pods would run"
            .formatted(name)
        + " them. Name the namespace, or leave the rules out.";
  }

  static String backgroundAfterwards(String name, String rule) {
    return "MIG-101 Migration '%s' was not begun. Rule '%s' runs after the snapshots and has actions"
            .formatted(name, rule)
        + " in the background, which nothing would end. Make them actions that end.";
  }
}
