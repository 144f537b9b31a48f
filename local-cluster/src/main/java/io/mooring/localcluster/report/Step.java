package io.mooring.localcluster.report;

/**
 * One step of an incident, placed on its clock.
 *
 * @param name what happened
 * @param fromMs start, in ms after the incident began
 * @param toMs end, in ms after the incident began
 * @param evidence event or observation that says so
 */
public record Step(String name, double fromMs, double toMs, String evidence) {

  public Step {
    if (toMs < fromMs) {
      throw new IllegalArgumentException(name + " ends before it starts");
    }
  }

  public double durationMs() {
    return toMs - fromMs;
  }
}
