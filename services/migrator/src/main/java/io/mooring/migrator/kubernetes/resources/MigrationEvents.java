package io.mooring.migrator.kubernetes.resources;

import io.mooring.kubernetes.ClusterEvents;
import java.util.Map;

/** Tells of the stages of migrations as they come, where {@code kubectl describe} shows it. */
record MigrationEvents(ClusterEvents events) {

  private static final String FINAL = "Final";
  private static final String SUCCESSFUL = "Successful";

  /**
   * @param manifest as it was before
   * @param status its new one
   */
  void tell(Manifest manifest, Map<String, Object> status) {
    Fields now = Fields.of(status);
    String stage = now.text("stage");
    if (stage.isEmpty() || stage.equals(manifest.status().text("stage"))) {
      return;
    }
    if (!stage.equals(FINAL)) {
      events.normal(manifest.reference(), stage, "The migration has come to stage " + stage + ".");
      return;
    }
    String outcome = now.text("status");
    Fields summary = now.part("summary");
    String message =
        "The migration is over: %s, volumes %s, resources %s, in %s."
            .formatted(
                outcome,
                summary.text("volumes"),
                summary.text("resources"),
                summary.text("elapsed"));
    if (outcome.equals(SUCCESSFUL)) {
      events.normal(manifest.reference(), outcome, message);
    } else {
      events.warning(manifest.reference(), outcome, message);
    }
  }
}
