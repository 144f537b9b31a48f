package io.mooring.migrator.kubernetes.resources;

import io.mooring.kubernetes.ClusterEvents;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Tells what schedules have done, where {@code kubectl describe} shows it. */
record ScheduleEvents(ClusterEvents events) {

  private static final Set<String> OPEN = Set.of("Pending", "InProgress");
  private static final String SUCCESSFUL = "Successful";

  void suspended(Manifest manifest, boolean suspended, String reason) {
    if (suspended) {
      events.warning(
          manifest.reference(),
          "Suspended",
          reason.isEmpty() ? "The schedule was suspended over REST." : reason);
    } else {
      events.normal(manifest.reference(), "Resumed", "The schedule was resumed over REST.");
    }
  }

  /**
   * @param manifest as it was before
   * @param status its new one
   */
  void ended(Manifest manifest, Map<String, Object> status) {
    Map<String, String> before = outcomes(manifest.status());
    outcomes(Fields.of(status))
        .forEach((name, outcome) -> {
          if (OPEN.contains(outcome) || outcome.equals(before.get(name))) {
            return;
          }
          String message = "Migration '%s' of the schedule is over: %s.".formatted(name, outcome);
          if (outcome.equals(SUCCESSFUL)) {
            events.normal(manifest.reference(), SUCCESSFUL, message);
          } else {
            events.warning(manifest.reference(), "Failed", message);
          }
        });
  }

  private static Map<String, String> outcomes(Fields status) {
    Map<String, String> outcomes = new TreeMap<>();
    for (Object items : status.part("items").values().values()) {
      if (items instanceof List<?> list) {
        list.stream()
            .map(Fields::of)
            .forEach(item -> outcomes.put(item.text("name"), item.text("status")));
      }
    }
    return outcomes;
  }
}
