package io.mooring.migrator.decision;

import io.mooring.schedules.Recurrence;
import io.mooring.schedules.RecurrenceFields;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a schedule does at a time. Its migrations are named by their occasions, and what was begun
 * is read from them: so it begins each occasion once, whoever asks and however often.
 */
public final class ScheduleRules {

  private static final DateTimeFormatter OCCASION =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuMMddHHmmss").withZone(ZoneOffset.UTC);

  private ScheduleRules() {}

  /** Name of the migration of an occasion. */
  static String nameAt(String schedule, Instant due) {
    return schedule + "-" + OCCASION.format(due);
  }

  /** Name of a failover or failback. */
  public static String nameOf(String schedule, String what, Instant now) {
    return "%s-%s-%s".formatted(schedule, what, MOMENT.format(now));
  }

  /** How often it is due; empty if that cannot be followed. */
  public static Optional<Recurrence> recurrence(MigrationScheduleState schedule) {
    return new RecurrenceFields(
            schedule.getRecurrence(),
            schedule.getIntervalMinutes(),
            schedule.getMinuteOfDay(),
            schedule.getDay())
        .recurrence();
  }

  /** Why it has to be suspended, by what happened since a person has changed it last. */
  public static Optional<String> suspension(
      MigrationScheduleState schedule, Collection<MigrationState> all) {
    return of(schedule.getName(), all).stream()
        .filter(state -> state.getSpec().getFailover() && Selection.hasArrived(state))
        .filter(state -> state.getFinishedAt() != null)
        .filter(state -> state.getFinishedAt().isAfter(schedule.getUpdatedAt()))
        .findFirst()
        .map(state -> Refusals.failedOver(state.getName()));
  }

  /**
   * Name of the migration that is to be begun now. An occasion that was missed for longer than its
   * window is skipped, and one that has failed waits for the next; none begins while another runs.
   *
   * @param all migrations that there are
   */
  public static Optional<String> due(
      MigrationScheduleState schedule, Collection<MigrationState> all, Instant now) {
    Optional<Recurrence> recurrence = recurrence(schedule);
    if (schedule.getSuspended() || recurrence.isEmpty()) {
      return Optional.empty();
    }
    Instant due = recurrence.get().newest(schedule.getSince(), now);
    boolean missed = !due.plus(recurrence.get().window()).isAfter(now);
    if (due.isBefore(schedule.getSince()) || missed) {
      return Optional.empty();
    }
    String name = nameAt(schedule.getName(), due);
    boolean hindered =
        of(schedule.getName(), all).stream()
            .anyMatch(state ->
                state.getStatus() == MigrationStatus.IN_PROGRESS
                    || state.getName().equals(name)
                    || !state.getCreatedAt().isBefore(due));
    return hindered ? Optional.empty() : Optional.of(name);
  }

  /**
   * Migrations, and restores of the other side's, that nobody needs: those that are older than the
   * last success. That one is the base of the next, and later failures say what went wrong.
   */
  public static List<MigrationState> beyondNeed(Collection<MigrationState> all) {
    List<MigrationState> beyond = new ArrayList<>();
    for (MigrationState state : all) {
      boolean superseded =
          all.stream()
              .filter(other -> isSameSeries(state, other) && isSuccess(other))
              .anyMatch(other -> other.getCreatedAt().isAfter(state.getCreatedAt()));
      if (!state.getSpec().getSchedule().isEmpty()
          && state.getStatus() != MigrationStatus.IN_PROGRESS
          && superseded) {
        beyond.add(state);
      }
    }
    return beyond;
  }

  /** Starting an application is no restore: it brings no volumes that would be newer. */
  private static boolean isSameSeries(MigrationState one, MigrationState other) {
    return one.getKind() == other.getKind()
        && one.getSpec().getSchedule().equals(other.getSpec().getSchedule());
  }

  private static boolean isSuccess(MigrationState state) {
    boolean moved = !state.getVolumes().isEmpty();
    return moved
        && (state.getStatus() == MigrationStatus.SUCCESSFUL
            || state.getStatus() == MigrationStatus.PARTIAL_SUCCESS);
  }

  /** How old the target's copy is: since when its newest success was begun, or the schedule. */
  public static Duration age(
      MigrationScheduleState schedule, Collection<MigrationState> all, Instant now) {
    Instant newest =
        of(schedule.getName(), all).stream()
            .filter(ScheduleRules::isSuccess)
            .findFirst()
            .map(MigrationState::getCreatedAt)
            .orElse(schedule.getSince());
    return Duration.between(newest, now);
  }

  /** Its migrations of this side, newest first. */
  public static List<MigrationState> of(String schedule, Collection<MigrationState> all) {
    return all.stream()
        .filter(state -> state.getKind() == MigrationKind.MIGRATION)
        .filter(state -> state.getSpec().getSchedule().equals(schedule))
        .sorted(Comparator.comparing(MigrationState::getCreatedAt).reversed())
        .toList();
  }
}
