package io.mooring.benchmarks.autopilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.benchmarks.autopilot.TraceRun.Outcome;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TraceComparisonTest {

  private static final long GIB = 1L << 30;

  @Test
  void aVolumeThatNobodyKeepsIsFullOnceAndStaysSo() {
    long[] bytes = new long[UsageTrace.SECONDS];
    for (int second = 0; second < bytes.length; second++) {
      bytes[second] = second < 3600 ? 0 : 80 * GIB;
    }
    Outcome outcome = TraceRun.of(new UsageTrace("step", bytes), (_, _, _) -> OptionalLong.empty());
    assertThat(outcome.fullMoments()).isEqualTo(1);
    assertThat(outcome.fullSeconds()).isEqualTo(UsageTrace.SECONDS - 3600);
    assertThat(outcome.spareGibHours()).isEqualTo(50.0);
    assertThat(outcome.resizes()).isZero();
  }

  @Test
  void growthTakesItsTime() {
    long[] bytes = new long[UsageTrace.SECONDS];
    Arrays.fill(bytes, 60 * GIB);
    Outcome outcome =
        TraceRun.of(
            new UsageTrace("full", bytes),
            (second, capacity, _) ->
                second == 0 ? OptionalLong.of(2 * capacity) : OptionalLong.empty());
    assertThat(outcome.fullSeconds()).isEqualTo(TraceRun.GROWTH_SECONDS);
  }

  @Test
  void theSameSeedGivesTheSameTraces() {
    for (int kind = 0; kind < UsageTrace.all(7).size(); kind++) {
      assertThat(UsageTrace.all(7).get(kind).bytes())
          .isEqualTo(UsageTrace.all(7).get(kind).bytes())
          .isNotEqualTo(UsageTrace.all(8).get(kind).bytes());
    }
  }

  @Test
  void pollAndMooringAskForTheSameStepAtTheSameThreshold() {
    Keeper poll = new Keeper.Poll(80, 25, 1024 * GIB, 0);
    Keeper mooring = new Keeper.Mooring(BenchRules.keeping(80, 25, 60, false), 100 * GIB);
    assertThat(poll.look(0, 100 * GIB, 80 * GIB)).isEmpty();
    assertThat(mooring.look(0, 100 * GIB, 80 * GIB)).isEmpty();
    assertThat(poll.look(2, 100 * GIB, 81 * GIB)).isEmpty();
    assertThat(mooring.look(2, 100 * GIB, 81 * GIB)).hasValue(125 * GIB);
    assertThat(poll.look(60, 100 * GIB, 81 * GIB)).hasValue(125 * GIB);
  }
}
