package io.mooring.schedules;

import io.mooring.schemas.SnapshotRecurrence;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Optional;

/**
 * A recurrence as control topics keep it.
 *
 * @param intervalMinutes of an interval
 * @param minuteOfDay of all others
 * @param day of a week, 1 is Monday, or of a month
 */
public record RecurrenceFields(
    SnapshotRecurrence kind, int intervalMinutes, int minuteOfDay, int day) {

  private static final int INTERVAL_MAX_MINUTES = 60 * 24 * 366;
  private static final int MINUTES_A_DAY = 60 * 24;
  private static final int SECONDS_A_MINUTE = 60;
  private static final int DAYS_A_WEEK = 7;
  private static final int DAYS_A_MONTH = 31;

  public static RecurrenceFields of(Recurrence recurrence) {
    return switch (recurrence) {
      case Recurrence.Interval(Duration every) ->
          new RecurrenceFields(
              SnapshotRecurrence.INTERVAL,
              (int) Math.min(every.toMinutes(), Integer.MAX_VALUE),
              0,
              1);
      case Recurrence.Daily(LocalTime at) ->
          new RecurrenceFields(SnapshotRecurrence.DAILY, 0, minutes(at), 1);
      case Recurrence.Weekly(DayOfWeek day, LocalTime at) ->
          new RecurrenceFields(SnapshotRecurrence.WEEKLY, 0, minutes(at), day.getValue());
      case Recurrence.Monthly(int day, LocalTime at) ->
          new RecurrenceFields(SnapshotRecurrence.MONTHLY, 0, minutes(at), day);
    };
  }

  private static int minutes(LocalTime at) {
    return at.toSecondOfDay() / SECONDS_A_MINUTE;
  }

  /** What they mean, or nothing if that cannot be followed. */
  public Optional<Recurrence> recurrence() {
    if (minuteOfDay < 0 || minuteOfDay >= MINUTES_A_DAY || !isDay()) {
      return Optional.empty();
    }
    LocalTime at = LocalTime.ofSecondOfDay((long) minuteOfDay * SECONDS_A_MINUTE);
    return Optional.of(
        switch (kind) {
          case INTERVAL -> new Recurrence.Interval(Duration.ofMinutes(intervalMinutes));
          case DAILY -> new Recurrence.Daily(at);
          case WEEKLY -> new Recurrence.Weekly(DayOfWeek.of(day), at);
          case MONTHLY -> new Recurrence.Monthly(day, at);
        });
  }

  private boolean isDay() {
    return switch (kind) {
      case INTERVAL -> intervalMinutes >= 1 && intervalMinutes <= INTERVAL_MAX_MINUTES;
      case DAILY -> true;
      case WEEKLY -> day >= 1 && day <= DAYS_A_WEEK;
      case MONTHLY -> day >= 1 && day <= DAYS_A_MONTH;
    };
  }
}
