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

  static String failoverOfNothing(String name) {
    return "MIG-112 Failover '%s' was not begun. It has no namespace whose applications would be"
            .formatted(name)
        + " stopped and started. Name the namespace in the schedule.";
  }

  static String notRestored(String schedule, String why) {
    return "MIG-113 The applications of schedule '%s' are not started. %s. Wait for its restore, or"
            .formatted(schedule, why)
        + " restore its last good backup with 'replace', and ask again.";
  }

  static String leftStopped(String name) {
    return "MIG-117 The applications were left stopped on the source by '%s'. They may run on the"
            .formatted(name)
        + " target, and must not run twice. Look at the target; stop them there and start them on"
        + " the source with POST /applications/start, or the other way round.";
  }

  static String failedOver(String name) {
    return "MIG-118 The schedule is suspended. Failover '%s' moved the applications. Resume it after"
            .formatted(name)
        + " the failback.";
  }
}
