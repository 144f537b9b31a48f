package io.mooring.benchmarks.autopilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.benchmarks.autopilot.TraceRun.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionComparisonTest {

  /** On volumes that a broker tells of, and on those of which nothing is ever deleted. */
  @Test
  void whatKafkaKeepsSavesCapacityAndFillsNoDisk() {
    double spare = 0;
    double spareWithout = 0;
    for (KeptTrace trace : KeptTrace.all(3)) {
      Outcome without = RetentionComparison.run(trace, "with forecast", 80);
      Outcome with = RetentionComparison.run(trace, "with forecast and retention", 80);
      assertThat(with.fullSeconds()).as(trace.usage().kind()).isEqualTo(without.fullSeconds());
      assertThat(with.spareGibHours())
          .as(trace.usage().kind())
          .isLessThanOrEqualTo(without.spareGibHours());
      spare += with.spareGibHours();
      spareWithout += without.spareGibHours();
    }
    assertThat(spare).isLessThan(0.9 * spareWithout);
  }

  @Test
  void theSameSeedGivesTheSameTraces() {
    List<KeptTrace> once = KeptTrace.all(7);
    List<KeptTrace> again = KeptTrace.all(7);
    for (int kind = 0; kind < once.size(); kind++) {
      assertThat(once.get(kind).usage().bytes()).isEqualTo(again.get(kind).usage().bytes());
      assertThat(once.get(kind).minutes()).isEqualTo(again.get(kind).minutes());
    }
  }
}
