package io.mooring.migrator.kubernetes.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has suspended or resumed a schedule, and who follows. */
class SuspensionTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          a new schedule is as its resource says    | true  | -     | -     | true  | true  | true
          a new schedule begins                     | false | -     | -     | false | false | false
          nothing has changed                       | false | false | false | false | false | false
          both have come to the same                | true  | false | true  | true  | true  | true
          a person suspends it in the resource      | true  | false | false | true  | true  | false
          a person resumes it in the resource       | false | true  | true  | false | false | true
          it has suspended itself                   | false | false | true  | true  | true  | false
          somebody resumes it over REST             | true  | true  | false | false | false | true
          it has suspended itself, nobody knows     | false | -     | true  | true  | true  | false
          a person suspends it, nobody knows        | true  | -     | false | true  | true  | false
          """)
  void whoeverDiffersFromWhatBothHadHasChanged(
      String story,
      boolean wanted,
      @Nullable Boolean agreed,
      @Nullable Boolean kept,
      boolean topic,
      boolean resource,
      boolean common) {
    assertThat(Suspension.of(wanted, Optional.ofNullable(agreed), Optional.ofNullable(kept)))
        .isEqualTo(new Suspension(topic, resource, common));
  }
}
