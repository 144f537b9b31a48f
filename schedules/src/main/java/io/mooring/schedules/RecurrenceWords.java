package io.mooring.schedules;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A recurrence as people write it; one of the four is given. Times are in UTC.
 *
 * @param every a duration such as PT1H
 * @param daily a time such as 02:30
 * @param weekly a day and a time such as SUNDAY 02:30
 * @param monthly a day of the month and a time such as 15 02:30
 */
public record RecurrenceWords(
    @Nullable String every,
    @Nullable String daily,
    @Nullable String weekly,
    @Nullable String monthly) {

  /** Whether nothing is given. */
  public boolean sayNothing() {
    return every == null && daily == null && weekly == null && monthly == null;
  }

  /**
   * What they mean; whether an interval or a day of the month makes sense is not looked at.
   *
   * @throws IllegalArgumentException with what is wrong with them
   */
  public Recurrence recurrence() {
    List<Recurrence> given = new ArrayList<>();
    try {
      if (every != null) {
        given.add(new Recurrence.Interval(Duration.parse(every)));
      }
      if (daily != null) {
        given.add(new Recurrence.Daily(LocalTime.parse(daily)));
      }
      if (weekly != null) {
        String[] parts = weekly.strip().split("\\s+", 2);
        given.add(
            new Recurrence.Weekly(
                DayOfWeek.valueOf(parts[0].toUpperCase(Locale.ROOT)), time(parts)));
      }
      if (monthly != null) {
        String[] parts = monthly.strip().split("\\s+", 2);
        given.add(new Recurrence.Monthly(Integer.parseInt(parts[0]), time(parts)));
      }
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (given.size() != 1) {
      throw new IllegalArgumentException(
          "of every, daily, weekly and monthly it has %d".formatted(given.size()));
    }
    return given.getFirst();
  }

  private static LocalTime time(String[] parts) {
    return parts.length < 2 ? LocalTime.MIDNIGHT : LocalTime.parse(parts[1]);
  }

  /** How a recurrence would be written. */
  public static RecurrenceWords of(Recurrence recurrence) {
    return switch (recurrence) {
      case Recurrence.Interval(Duration every) ->
          new RecurrenceWords(every.toString(), null, null, null);
      case Recurrence.Daily(LocalTime at) -> new RecurrenceWords(null, at.toString(), null, null);
      case Recurrence.Weekly(DayOfWeek day, LocalTime at) ->
          new RecurrenceWords(null, null, day + " " + at, null);
      case Recurrence.Monthly(int day, LocalTime at) ->
          new RecurrenceWords(null, null, null, day + " " + at);
    };
  }
}
