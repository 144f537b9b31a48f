package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationScheduleState;
import java.util.Optional;

/**
 * What the scheduler finds about a schedule: why it begins nothing, or that it has to suspend it.
 * It is kept beside the schedule, under a key of its own, so that it never overwrites what a person
 * says at the same time; and it counts only for the very version of the schedule that it was found
 * about.
 */
public final class ScheduleFindings {

  /** Names of schedules have no slash. */
  private static final String SUFFIX = "/found";

  private ScheduleFindings() {}

  /** Key under which it is kept. */
  public static String key(String schedule) {
    return schedule + SUFFIX;
  }

  /** Name of the schedule whose findings a key names; empty if it names a schedule itself. */
  public static Optional<String> scheduleOf(String key) {
    return key.endsWith(SUFFIX)
        ? Optional.of(key.substring(0, key.length() - SUFFIX.length()))
        : Optional.empty();
  }

  /** A schedule as a person has said it, with what was found about it since. */
  public static MigrationScheduleState merged(
      MigrationScheduleState said, Optional<MigrationScheduleState> found) {
    return found
        .filter(finding -> finding.getUpdatedAt().equals(said.getUpdatedAt()))
        .map(finding ->
            MigrationScheduleState.newBuilder(said)
                .setSuspended(said.getSuspended() || finding.getSuspended())
                .setReason(finding.getReason())
                .build())
        .orElse(said);
  }
}
