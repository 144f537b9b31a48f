package io.mooring.volumeagent.node;

import static io.mooring.schemas.ProbeOutcome.REACHABLE;
import static io.mooring.schemas.ProbeOutcome.UNKNOWN;
import static io.mooring.schemas.ProbeOutcome.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutcomeRunTest {

  private static final Duration FRESHNESS = Duration.ofMillis(1_300);

  @Test
  void aRunLastsFromItsFirstQuestion() {
    OutcomeRun run =
        OutcomeRun.unknown(0)
            .with(new PeerProbe.Result(REACHABLE, 90), ms(100), ms(101))
            .with(PeerProbe.Result.of(UNREACHABLE), ms(350), ms(750))
            .with(PeerProbe.Result.of(UNREACHABLE), ms(750), ms(1_150));

    assertThat(run.outcome()).isEqualTo(UNREACHABLE);
    assertThat(run.sinceMs(ms(1_400))).isEqualTo(1_050);
  }

  @Test
  void anotherOutcomeBeginsANewRunAndKeepsTheLastRoundTrip() {
    OutcomeRun run =
        OutcomeRun.unknown(0)
            .with(new PeerProbe.Result(REACHABLE, 90), ms(100), ms(101))
            .with(PeerProbe.Result.of(UNREACHABLE), ms(350), ms(750));

    assertThat(run.sinceMs(ms(750))).isEqualTo(400);
    assertThat(run.roundTripMicros()).isEqualTo(90);
  }

  @Test
  void anOldResultSaysNothingAboutThePresent() {
    OutcomeRun run = OutcomeRun.unknown(0).with(PeerProbe.Result.of(UNREACHABLE), ms(0), ms(400));

    assertThat(run.seenAt(ms(1_700), FRESHNESS).outcome()).isEqualTo(UNREACHABLE);
    assertThat(run.seenAt(ms(1_701), FRESHNESS).outcome()).isEqualTo(UNKNOWN);
  }

  private static long ms(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
