package io.mooring.schedules;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;

/** When something is due, again and again. Times of day are in UTC. */
public sealed interface Recurrence {

  /** After this time, an occasion is missed, and waits for the next one. */
  Duration WINDOW = Duration.ofHours(1);

  /** From the schedule's beginning on; late rather than never, but never twice for one interval. */
  record Interval(Duration every) implements Recurrence {}

  record Daily(LocalTime at) implements Recurrence {}

  record Weekly(DayOfWeek day, LocalTime at) implements Recurrence {}

  /** A day that a month does not have rolls over into the next month. */
  record Monthly(int day, LocalTime at) implements Recurrence {}

  /**
   * The newest occasion that is not after a time.
   *
   * @param since when the schedule began; intervals count from there
   */
  default Instant newest(Instant since, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return switch (this) {
      case Interval(Duration every) ->
          since.plus(
              every.multipliedBy(Math.max(0, Duration.between(since, now).dividedBy(every))));
      case Daily(LocalTime at) -> {
        Instant occasion = at(today, at);
        yield occasion.isAfter(now) ? at(today.minusDays(1), at) : occasion;
      }
      case Weekly(DayOfWeek day, LocalTime at) -> {
        LocalDate date = today.with(TemporalAdjusters.previousOrSame(day));
        Instant occasion = at(date, at);
        yield occasion.isAfter(now) ? at(date.minusWeeks(1), at) : occasion;
      }
      case Monthly(int day, LocalTime at) -> {
        YearMonth month = YearMonth.from(today);
        Instant occasion = at(month.atDay(1).plusDays(day - 1L), at);
        while (occasion.isAfter(now)) {
          month = month.minusMonths(1);
          occasion = at(month.atDay(1).plusDays(day - 1L), at);
        }
        yield occasion;
      }
    };
  }

  private static Instant at(LocalDate date, LocalTime time) {
    return date.atTime(time).toInstant(ZoneOffset.UTC);
  }

  /** How long after an occasion it may still be acted on. */
  default Duration window() {
    return this instanceof Interval(Duration every) ? every : WINDOW;
  }

  /** How many are kept if nobody says so. */
  default int retainByDefault() {
    return switch (this) {
      case Interval _ -> 10;
      case Daily _ -> 30;
      case Weekly _ -> 7;
      case Monthly _ -> 12;
    };
  }
}
