package io.mooring.autopilot.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.Rules;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import io.mooring.autopilot.whatif.WhatIfReport.Resize;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What changed rules would have made of a volume that filled under the recorded ones. */
class ReplayTest {

  private static final RuleBook AT_80 = Rules.book(rule("80", "100", "actionsCoolDownPeriod: 60"));

  @Test
  void anEarlierThresholdGrowsEarlierAndTheResizeThatWasMadeIsNotRepeated() {
    RecordedVolume volume = new RecordedVolume(100, AT_80).fill(50, 60, 70, 75, 85, 85, 90);
    WhatIfReport report = volume.replay(Rules.book(rule("65", "100", "")));

    assertThat(report.resizes())
        .singleElement()
        .satisfies(resize -> {
          assertThat(resize.difference()).isEqualTo(Difference.NEW);
          assertThat(resize.at()).isEqualTo(volume.momentOf(2));
          assertThat(gib(resize.fromBytes())).isEqualTo(100);
          assertThat(gib(resize.toBytes())).isEqualTo(200);
        });
    assertThat(report.notMade())
        .singleElement()
        .extracting(Resize::at)
        .isEqualTo(volume.momentOf(4).plusMillis(5));
    assertThat(report.did().resizes()).isEqualTo(1);
    assertThat(report.would().highestFillPercent()).isEqualTo(70.0);
    assertThat(report.did().highestFillPercent()).isEqualTo(85.0);
    assertThat(report.would().gibibyteHours()).isGreaterThan(report.did().gibibyteHours());
  }

  @Test
  void aVolumeThatWouldNotHaveGrownIsFullAndItsWritesDoNotFit() {
    RecordedVolume volume = new RecordedVolume(100, AT_80).fill(70, 85, 90, 120, 130);
    WhatIfReport report = volume.replay(Rules.book(rule("99.95", "50", "")));

    assertThat(report.would().fullMoments()).isEqualTo(1);
    assertThat(report.did().fullMoments()).isZero();
    assertThat(report.volumes().getFirst().unfittedBytes()).isEqualTo(20 * RecordedVolume.GIB);
    assertThat(report.resizes())
        .singleElement()
        .extracting(Resize::at)
        .isEqualTo(volume.momentOf(3));
    assertThat(report.volumes().getFirst().wouldBeBytes()).isEqualTo(150 * RecordedVolume.GIB);
    assertThat(report.volumes().getFirst().isBytes()).isEqualTo(200 * RecordedVolume.GIB);
  }

  @Test
  void growthThatSomebodyElseCausedStays() {
    RecordedVolume volume =
        new RecordedVolume(100, RuleBook.EMPTY).fill(50).grownBySomebodyTo(400).fill(60, 250, 300);
    WhatIfReport report = volume.replay(AT_80);

    assertThat(report.resizes()).isEmpty();
    assertThat(report.would()).isEqualTo(report.did());
    assertThat(report.volumes().getFirst().wouldBeBytes()).isEqualTo(400 * RecordedVolume.GIB);
  }

  @Test
  void anotherSizeAtTheSameMomentIsToldAsSuch() {
    RecordedVolume volume = new RecordedVolume(100, AT_80).fill(70, 85, 90, 95);
    WhatIfReport report = volume.replay(Rules.book(rule("80", "20", "")));

    assertThat(report.resizes())
        .singleElement()
        .extracting(Resize::difference)
        .isEqualTo(Difference.OTHER_SIZE);
    assertThat(report.notMade()).isEmpty();
    assertThat(report.volumes().getFirst().wouldBeBytes()).isEqualTo(120 * RecordedVolume.GIB);
  }

  @Test
  void aReplayThatBeginsLaterGoesOnFromWhereTheRulesStood() {
    RuleBook rules = Rules.book(rule("80", "10", "actionsCoolDownPeriod: 600"));
    RecordedVolume volume = new RecordedVolume(100, rules).fill(70, 85, 88, 95, 96, 97);
    WhatIfReport fromTheBeginning = volume.replay(rules);
    WhatIfReport later = volume.replay(rules, volume.momentOf(3));

    assertThat(fromTheBeginning.resizes()).hasSize(1);
    // The cool-down of what was done before goes on: nothing is done twice.
    assertThat(later.resizes()).isEmpty();
    assertThat(later.notMade()).isEmpty();
    assertThat(later.would().heldBack()).isEqualTo(1);
  }

  @Test
  void whatWasDecidedBeforeTheBeginningUnderOtherRulesIsAFact() {
    RecordedVolume volume = new RecordedVolume(100, AT_80).fill(70, 85, 90, 95, 96, 150, 170, 175);
    RuleBook never = Rules.book(rule("99.95", "10", ""));
    WhatIfReport report = volume.replay(never, volume.momentOf(3), never);

    assertThat(report.volumes().getFirst().wouldBeBytes()).isEqualTo(200 * RecordedVolume.GIB);
    assertThat(report.notMade()).hasSize(1);
    assertThat(report.would().fullMoments()).isZero();
  }

  @Test
  void nearMissesAreCounted() {
    RuleBook capped =
        Rules.book(rule("80", "10", "actionsCoolDownPeriod: 3600").replace("4000Gi", "110Gi"));
    RecordedVolume volume =
        new RecordedVolume(100, AT_80)
            .fill(50, 85, 95, 109, 110, 115)
            .after(Duration.ofHours(2))
            .fill(116);
    WhatIfReport report = volume.replay(capped);

    assertThat(report.would().heldBack()).isEqualTo(1);
    assertThat(report.would().willFill()).isEqualTo(1);
    assertThat(report.would().declined()).isEqualTo(1);
    assertThat(report.would().fullMoments()).isEqualTo(1);
    assertThat(report.would().fullSeconds()).isGreaterThan(7000);
    assertThat(report.would().highestFillPercent()).isEqualTo(100.0);
    assertThat(report.would().fullest()).isEqualTo("data-kafka-0");
  }

  @Test
  void anActionThatNeedsApprovalWaitsForItAsLongAsNobodyGaveIt() {
    RecordedVolume volume = new RecordedVolume(100, AT_80).fill(70, 85, 90, 95);
    WhatIfReport report =
        volume.replay(Rules.book(rule("80", "100", "enforcement: approvalRequired")));

    assertThat(report.would().approvalsAwaited()).isEqualTo(1);
    assertThat(report.resizes()).isEmpty();
    assertThat(report.notMade()).hasSize(1);
  }

  private static String rule(String threshold, String percentage, String more) {
    return Rules.rule("kafka-resize", Rules.USAGE, "Gt", threshold, percentage, "4000Gi", more);
  }

  private static long gib(long bytes) {
    return bytes / RecordedVolume.GIB;
  }
}
