package io.mooring.migrator.rest;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.migrator.objects.ObjectFields;
import io.mooring.schedules.RecurrenceWords;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is shown.
 *
 * @param when how often; null if what is kept cannot be followed
 * @param objects which of them go along, and how they are changed on the way
 * @param reason why it is suspended, or why nothing could be begun; empty otherwise
 * @param last name of its newest migration; empty if there is none
 * @param lastStatus how that one goes
 */
public record ScheduleView(
    String name,
    String pair,
    @Nullable RecurrenceWords when,
    String group,
    List<String> volumes,
    Map<String, String> labels,
    @JsonUnwrapped ObjectFields objects,
    String preExecRule,
    String postExecRule,
    boolean autoSuspend,
    boolean suspended,
    String reason,
    String last,
    String lastStatus,
    @Nullable Instant lastAt,
    String requestedBy,
    Instant updatedAt) {

  static ScheduleView of(MigrationScheduleState schedule, List<MigrationState> all) {
    MigrationSpec spec = schedule.getSpec();
    MigrationState last =
        ScheduleRules.of(schedule.getName(), all).stream().findFirst().orElse(null);
    return new ScheduleView(
        schedule.getName(),
        spec.getPair(),
        ScheduleRules.recurrence(schedule).map(RecurrenceWords::of).orElse(null),
        spec.getGroup(),
        List.copyOf(spec.getVolumes()),
        Map.copyOf(spec.getLabels()),
        ObjectFields.of(spec),
        spec.getPreExecRule(),
        spec.getPostExecRule(),
        schedule.getAutoSuspend(),
        schedule.getSuspended(),
        schedule.getReason(),
        last == null ? "" : last.getName(),
        last == null ? "" : last.getStatus().name(),
        last == null ? null : last.getCreatedAt(),
        schedule.getRequestedBy(),
        schedule.getUpdatedAt());
  }
}
