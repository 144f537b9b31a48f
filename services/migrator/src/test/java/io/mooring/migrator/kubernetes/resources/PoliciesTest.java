package io.mooring.migrator.kubernetes.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.mooring.schedules.Recurrence;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What policies say, as people write them for STORK. */
class PoliciesTest {

  @Test
  void eachKindIsRead() throws Exception {
    assertThat(read("interval: {intervalMinutes: 30}"))
        .isEqualTo(new Recurrence.Interval(Duration.ofMinutes(30)));
    assertThat(read("daily: {time: '10:14PM', retain: 3}"))
        .isEqualTo(new Recurrence.Daily(LocalTime.of(22, 14)));
    assertThat(read("daily: {time: '12:00am'}"))
        .isEqualTo(new Recurrence.Daily(LocalTime.MIDNIGHT));
    assertThat(read("weekly: {day: Thu, time: '10:13pm'}"))
        .isEqualTo(new Recurrence.Weekly(DayOfWeek.THURSDAY, LocalTime.of(22, 13)));
    assertThat(read("monthly: {date: 31, time: '8:05AM'}"))
        .isEqualTo(new Recurrence.Monthly(31, LocalTime.of(8, 5)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                            | it has 0
          {interval: {intervalMinutes: 5}, daily: {time: '10:00AM'}}    | it has 2
          {interval: {intervalMinutes: 0}}                              | below a minute
          {daily: {time: '22:14'}}                                      | '22:14'
          {weekly: {day: Th, time: '10:00AM'}}                          | 'Th'
          {monthly: {date: 32, time: '10:00AM'}}                        | its day is none
          """)
  void whatCannotBeFollowedSaysWhy(String policy, String why) {
    assertThatThrownBy(() -> read(policy))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void thoseThatAreThereWithoutBeingMadeAreStorks() {
    assertThat(Policies.BUILT_IN)
        .containsOnly(
            Map.entry(Policies.DEFAULT, new Recurrence.Interval(Duration.ofMinutes(30))),
            Map.entry("default-interval-policy", new Recurrence.Interval(Duration.ofMinutes(15))),
            Map.entry("default-daily-policy", new Recurrence.Daily(LocalTime.MIDNIGHT)),
            Map.entry(
                "default-weekly-policy",
                new Recurrence.Weekly(DayOfWeek.SUNDAY, LocalTime.MIDNIGHT)),
            Map.entry("default-monthly-policy", new Recurrence.Monthly(15, LocalTime.MIDNIGHT)));
  }

  private static Recurrence read(String policy) throws Exception {
    Map<String, Object> fields =
        new YAMLMapper().readValue(policy, new TypeReference<Map<String, Object>>() {});
    return Policies.read(Fields.of(fields)).recurrence().orElseThrow();
  }
}
