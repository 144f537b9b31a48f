package io.mooring.migrator.kubernetes.resources;

import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.SnapshotRecurrence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a schedule stands, in the words of the resource's status. */
final class ScheduleStatusText {

  private ScheduleStatusText() {}

  /** The status but for whether it is suspended. */
  static Map<String, Object> of(
      MigrationScheduleState schedule, List<String> problems, Collection<MigrationState> all) {
    List<MigrationState> begun = ScheduleRules.of(schedule.getName(), all);
    Map<String, Object> status = new TreeMap<>();
    status.put("name", schedule.getName());
    // Oldest first.
    status.put(
        "items",
        Map.of(
            word(schedule.getRecurrence()),
            begun.reversed().stream().map(ScheduleStatusText::item).toList()));
    begun.stream()
        .filter(state -> state.getStatus() == MigrationStatus.SUCCESSFUL)
        .filter(state -> state.getFinishedAt() != null)
        .findFirst()
        .ifPresent(state -> {
          status.put("lastSuccessTime", MigrationStatusText.moment(state.getFinishedAt()));
          status.put(
              "lastSuccessDuration", MigrationStatusText.elapsed(state, state.getFinishedAt()));
        });
    List<String> told = new ArrayList<>(problems);
    if (!schedule.getReason().isEmpty()) {
      told.addFirst(schedule.getReason());
    }
    status.put(StatusBoard.PROBLEMS, told);
    return status;
  }

  private static Map<String, Object> item(MigrationState state) {
    Map<String, Object> item = new TreeMap<>();
    item.put("name", state.getName());
    item.put("creationTimestamp", MigrationStatusText.moment(state.getCreatedAt()));
    if (state.getFinishedAt() != null) {
      item.put("finishTimestamp", MigrationStatusText.moment(state.getFinishedAt()));
    }
    item.put("status", MigrationStatusText.status(state.getStatus()));
    return item;
  }

  private static String word(SnapshotRecurrence recurrence) {
    return switch (recurrence) {
      case INTERVAL -> "Interval";
      case DAILY -> "Daily";
      case WEEKLY -> "Weekly";
      case MONTHLY -> "Monthly";
    };
  }
}
