package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.DryRun.Foreseen;
import io.mooring.autopilot.rule.AutopilotRule;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DryRunTest {

  private static final long GB = 1_000_000_000L;
  private static final AutopilotRule RULE = Rules.read(Rules.paper("1T", ""));

  @Test
  void itForeseesWhatTheRuleWouldDo() {
    assertThat(foreseen(400, 320)).isEqualTo(new Foreseen.Nothing());
    assertThat(foreseen(400, 330)).isEqualTo(new Foreseen.Growth(new Preview(400 * GB, 800 * GB)));
    assertThat(foreseen(800, 700)).isEqualTo(new Foreseen.Growth(new Preview(800 * GB, 1000 * GB)));
    assertThat(foreseen(1000, 900)).isEqualTo(new Foreseen.AtMaximum(1000 * GB));
  }

  @Test
  void volumesThatAreNotSelectedOrNotMeasuredAreLeftOut() {
    assertThat(DryRun.of(measured(Map.of("app", "web"), 400, 390), RULE)).isEmpty();
    assertThat(DryRun.of(measured(Map.of("app", "kafka"), 400, 390).durable(), RULE)).isEmpty();
  }

  private static Foreseen foreseen(long capacityGb, long usedGb) {
    WatchedVolume volume = measured(Map.of("app", "kafka"), capacityGb, usedGb);
    return DryRun.of(volume, RULE).orElseThrow().foreseen();
  }

  private static WatchedVolume measured(Map<String, String> labels, long capacityGb, long usedGb) {
    VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
    WatchedVolume known =
        watch.described(null, new VolumeFacts("v", "data", capacityGb * GB, labels));
    UsageSample sample =
        new UsageSample(
            FilledVolume.START, capacityGb * GB, capacityGb * GB, usedGb * GB, 1, 1, -1);
    return watch.measured(known, sample, RuleBook.EMPTY).after();
  }
}
