package io.mooring.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.schemas.SnapshotRecurrence;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecurrenceWordsTest {

  static Stream<Arguments> recurrences() {
    LocalTime at = LocalTime.of(2, 30);
    return Stream.of(
        Arguments.of(
            new RecurrenceWords("PT30M", null, null, null),
            new Recurrence.Interval(Duration.ofMinutes(30))),
        Arguments.of(new RecurrenceWords(null, "02:30", null, null), new Recurrence.Daily(at)),
        Arguments.of(
            new RecurrenceWords(null, null, "SUNDAY 02:30", null),
            new Recurrence.Weekly(DayOfWeek.SUNDAY, at)),
        Arguments.of(
            new RecurrenceWords(null, null, null, "31 02:30"), new Recurrence.Monthly(31, at)));
  }

  @ParameterizedTest
  @MethodSource("recurrences")
  void wordsAndFieldsSayTheSame(RecurrenceWords words, Recurrence recurrence) {
    assertThat(words.recurrence()).isEqualTo(recurrence);
    assertThat(RecurrenceWords.of(recurrence)).isEqualTo(words);
    assertThat(RecurrenceFields.of(recurrence).recurrence()).contains(recurrence);
  }

  @Test
  void oneOfThemIsGivenAndItCanBeRead() {
    assertThatThrownBy(() -> new RecurrenceWords(null, null, null, null).recurrence())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it has 0");
    assertThatThrownBy(() -> new RecurrenceWords("PT1H", "02:30", null, null).recurrence())
        .hasMessageContaining("it has 2");
    for (RecurrenceWords wrong :
        new RecurrenceWords[] {
          new RecurrenceWords("hourly", null, null, null),
          new RecurrenceWords(null, "25:00", null, null),
          new RecurrenceWords(null, null, "someday 02:30", null),
          new RecurrenceWords(null, null, null, "x 02:30"),
        }) {
      assertThatThrownBy(wrong::recurrence).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void fieldsThatCannotBeFollowedAreNoRecurrence() {
    assertThat(new RecurrenceFields(SnapshotRecurrence.INTERVAL, 0, 0, 1).recurrence()).isEmpty();
    assertThat(new RecurrenceFields(SnapshotRecurrence.DAILY, 0, 1440, 1).recurrence()).isEmpty();
    assertThat(new RecurrenceFields(SnapshotRecurrence.WEEKLY, 0, 0, 8).recurrence()).isEmpty();
    assertThat(new RecurrenceFields(SnapshotRecurrence.MONTHLY, 0, 0, 32).recurrence()).isEmpty();
  }
}
