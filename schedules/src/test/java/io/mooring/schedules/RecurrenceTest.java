package io.mooring.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrenceTest {

  private static final LocalTime HALF_PAST_TWO = LocalTime.of(2, 30);
  private static final Instant SINCE = Instant.parse("2026-01-01T00:10:00Z");

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:10:00Z, 2026-01-01T00:10:00Z",
    "2026-01-01T00:24:59Z, 2026-01-01T00:10:00Z",
    "2026-01-01T00:25:00Z, 2026-01-01T00:25:00Z",
    "2026-01-03T11:11:11Z, 2026-01-03T11:10:00Z",
    "2025-12-31T00:00:00Z, 2026-01-01T00:10:00Z",
  })
  void anIntervalCountsFromTheBeginning(Instant now, Instant newest) {
    Recurrence quarterly = new Recurrence.Interval(Duration.ofMinutes(15));

    assertThat(quarterly.newest(SINCE, now)).isEqualTo(newest);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T02:30:00Z, 2026-03-01T02:30:00Z",
    "2026-03-01T02:29:59Z, 2026-02-28T02:30:00Z",
    "2024-03-01T02:29:59Z, 2024-02-29T02:30:00Z",
    "2026-01-01T00:00:00Z, 2025-12-31T02:30:00Z",
  })
  void aDayHasOneTime(Instant now, Instant newest) {
    assertThat(new Recurrence.Daily(HALF_PAST_TWO).newest(SINCE, now)).isEqualTo(newest);
  }

  @ParameterizedTest
  @CsvSource({
    // 4 January 2026 is a Sunday.
    "2026-01-04T02:30:00Z, 2026-01-04T02:30:00Z",
    "2026-01-04T02:29:59Z, 2025-12-28T02:30:00Z",
    "2026-01-10T23:59:59Z, 2026-01-04T02:30:00Z",
    "2026-01-11T02:30:00Z, 2026-01-11T02:30:00Z",
  })
  void aWeekHasOneDay(Instant now, Instant newest) {
    assertThat(new Recurrence.Weekly(DayOfWeek.SUNDAY, HALF_PAST_TWO).newest(SINCE, now))
        .isEqualTo(newest);
  }

  @ParameterizedTest
  @CsvSource({
    "15, 2026-01-15T02:30:00Z, 2026-01-15T02:30:00Z",
    "15, 2026-01-15T02:29:59Z, 2025-12-15T02:30:00Z",
    "31, 2026-01-31T02:30:00Z, 2026-01-31T02:30:00Z",
    // February has no day 31: it rolls over to 3 March.
    "31, 2026-03-02T12:00:00Z, 2026-01-31T02:30:00Z",
    "31, 2026-03-03T02:30:00Z, 2026-03-03T02:30:00Z",
    "31, 2026-03-31T02:30:00Z, 2026-03-31T02:30:00Z",
    "31, 2026-05-01T02:30:00Z, 2026-05-01T02:30:00Z",
  })
  void aMonthHasOneDayAndItRollsOver(int day, Instant now, Instant newest) {
    assertThat(new Recurrence.Monthly(day, HALF_PAST_TWO).newest(SINCE, now)).isEqualTo(newest);
  }

  @Test
  void defaultsOfRetention() {
    assertThat(new Recurrence.Interval(Duration.ofHours(1)).retainByDefault()).isEqualTo(10);
    assertThat(new Recurrence.Daily(HALF_PAST_TWO).retainByDefault()).isEqualTo(30);
    assertThat(new Recurrence.Weekly(DayOfWeek.MONDAY, HALF_PAST_TWO).retainByDefault())
        .isEqualTo(7);
    assertThat(new Recurrence.Monthly(1, HALF_PAST_TWO).retainByDefault()).isEqualTo(12);
  }
}
