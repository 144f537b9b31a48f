package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RuleState.ActionsDeclined;
import io.mooring.autopilot.decision.RuleState.DeclineReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others measured: the same rules on the same volumes lead to the same sizes here. */
class OracleTest {

  private static final long GB = 1_000_000_000L;
  private static final long GIB = 1L << 30;
  private static final Map<String, String> KAFKA = Map.of("app", "kafka");

  /**
   * The white paper's table 4. Its prose says 1 TB where its rule says 1Ti; both are clamped to,
   * and neither is passed.
   */
  @ParameterizedTest
  @CsvSource({"1T, 1000000000000, 800", "1Ti, 1099511627776, 880"})
  void fourBrokerVolumesGrowAsInTheWhitePaper(String maxSize, long maxBytes, long lastThresholdGb) {
    for (int broker = 0; broker < 4; broker++) {
      FilledVolume volume =
          new FilledVolume(400 * GB, KAFKA, Rules.book(Rules.paper(maxSize, "pollInterval: 2")));
      List<Long> usedAtResize = new ArrayList<>();
      for (long usedGb = broker; usedGb <= 950; usedGb++) {
        volume.after(Duration.ofSeconds(2)).use(usedGb * GB).measure();
        while (usedAtResize.size() < volume.resizes().size()) {
          usedAtResize.add(usedGb);
        }
      }
      assertThat(volume.resizes()).containsExactly(800 * GB, maxBytes);
      assertThat(usedAtResize).containsExactly(321L, 641L);
      assertThat(volume.sizeBytes()).isEqualTo(maxBytes);
      assertThat(volume.states())
          .containsExactly(
              "Normal",
              "Triggered",
              "ActiveActionsPending",
              "ActiveActionsInProgress",
              "ActiveActionsTaken",
              "Normal",
              "Triggered",
              "ActiveActionsPending",
              "ActiveActionsInProgress",
              "ActiveActionsTaken",
              "Normal",
              "Triggered",
              "ActionsDeclined");
      long secondsSinceBegin = (lastThresholdGb - broker) * 2;
      assertThat(volume.state("kafka-resize"))
          .isInstanceOfSatisfying(
              ActionsDeclined.class,
              declined -> {
                assertThat(declined.reason()).isEqualTo(DeclineReason.MAXIMUM_REACHED);
                assertThat(Duration.between(FilledVolume.START, declined.since()).toSeconds())
                    .isBetween(secondsSinceBegin, secondsSinceBegin + 4);
              });
    }
  }

  /** The five rules of the test suite of PX-Autopilot, each with a cool-down of a minute. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          usage | Gt | 50 | 50  | -    | 10 | 12 | 15.0 22.5 33.75 | 0
          usage | Gt | 85 | 50  | -    | 10 | 12 | 15.0            | 0
          usage | Gt | 50 | 50  | 20Gi | 10 | 12 | 15.0 20.0       | 1
          usage | Gt | 50 | 300 | -    | 10 | 12 | 40.0            | 0
          size  | Lt | 10 | 100 | 20Gi | 4  | 2  | 8.0 16.0        | 0
          """)
  void fiveRulesOfTheOtherSuiteGiveExactSizesAndCounts(
      String what,
      String operator,
      String value,
      String percentage,
      String maxSize,
      long initialGib,
      long writtenGib,
      String expectedGib,
      int declined) {
    String key = what.equals("usage") ? Rules.USAGE : "px_volume_capacity_bytes / 1000000000";
    String rule =
        Rules.rule(
            "rule",
            key,
            operator,
            value,
            percentage,
            maxSize == null ? "" : maxSize,
            "actionsCoolDownPeriod: 60");
    FilledVolume volume = new FilledVolume(initialGib * GIB, KAFKA, Rules.book(rule));
    for (long used = 0; used <= writtenGib * GIB; used += GIB / 16) {
      volume.after(Duration.ofSeconds(5)).use(used).measure();
    }

    List<Long> expected =
        List.of(expectedGib.split(" ")).stream()
            .map(gib -> (long) (Double.parseDouble(gib) * GIB))
            .toList();
    assertThat(volume.resizes()).containsExactlyElementsOf(expected);
    assertThat(volume.sizeBytes()).isEqualTo(expected.getLast());
    assertThat(volume.reasons().stream().filter(r -> r == Reason.MAXIMUM_REACHED))
        .hasSize(declined);
  }

  @Test
  void exactlyAtTheThresholdNothingHappens() {
    FilledVolume volume = new FilledVolume(400 * GB, KAFKA, Rules.book(Rules.paper("1T", "")));
    volume.after(Duration.ofSeconds(2)).use(320 * GB).measure();
    assertThat(volume.states()).containsExactly("Normal");

    volume.after(Duration.ofSeconds(2)).use(320 * GB + 1).measure();
    assertThat(volume.resizes()).containsExactly(800 * GB);
  }
}
