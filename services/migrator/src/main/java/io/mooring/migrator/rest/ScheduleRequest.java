package io.mooring.migrator.rest;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mooring.migrator.objects.ObjectFields;
import io.mooring.schedules.Recurrence;
import io.mooring.schedules.RecurrenceWords;
import io.mooring.schemas.MigrationSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schedule that is wanted. Its migrations are created stopped on the target, and bring the
 * volumes of the one before up to date.
 *
 * @param pair where to
 * @param when every PT30M, unless something else is given
 * @param objects which of them go along, and how they are changed on the way
 * @param keepSnapshots each reads only what changed; true unless said otherwise
 * @param autoSuspend it ends when the application runs on the target; true unless said otherwise
 */
public record ScheduleRequest(
    @Nullable String pair,
    @Nullable RecurrenceWords when,
    @Nullable List<String> volumes,
    @Nullable String group,
    @Nullable Map<String, String> labels,
    @JsonUnwrapped ObjectFields objects,
    @Nullable Map<String, String> parameters,
    long bytesPerSecond,
    @Nullable String preExecRule,
    @Nullable String postExecRule,
    @Nullable Boolean keepSnapshots,
    @Nullable Boolean autoSuspend,
    @Nullable String requestedBy) {

  private static final Recurrence DEFAULT = new Recurrence.Interval(Duration.ofMinutes(30));

  /**
   * @throws IllegalArgumentException with what is wrong with it
   */
  Recurrence recurrence() {
    return when == null || when.sayNothing() ? DEFAULT : when.recurrence();
  }

  boolean suspendsItself() {
    return autoSuspend == null || autoSuspend;
  }

  String by() {
    return or(requestedBy, "rest");
  }

  /** What each of its migrations is asked for. */
  MigrationSpec spec(String name) {
    return objects
        .into(MigrationSpec.newBuilder())
        .setPair(or(pair, ""))
        .setVolumes(volumes == null ? List.of() : volumes)
        .setGroup(or(group, ""))
        .setLabels(labels == null ? Map.of() : labels)
        .setReplace(true)
        .setKeepSnapshots(keepSnapshots == null || keepSnapshots)
        .setParameters(parameters == null ? Map.of() : parameters)
        .setBytesPerSecond(Math.max(0, bytesPerSecond))
        .setPreExecRule(or(preExecRule, ""))
        .setPostExecRule(or(postExecRule, ""))
        .setSchedule(name)
        .build();
  }

  private static String or(@Nullable String text, String fallback) {
    return text == null ? fallback : text;
  }
}
