package io.mooring.volumeagent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallGaugeTest {

  private long now;
  private final StallGauge gauge =
      new StallGauge(Duration.ofMillis(25), Duration.ofMillis(200), () -> now);

  @Test
  void aTickerThatIsOnTimeHasNoStall() {
    for (int i = 0; i < 100; i++) {
      pass(25);
      gauge.tick();
    }

    assertThat(gauge.worstStallMs()).isZero();
    assertThat(gauge.isHealthy()).isTrue();
  }

  @Test
  void aPauseIsTellingBeforeTheNextTick() {
    pass(3_025);

    assertThat(gauge.worstStallMs()).isEqualTo(3_000);
    assertThat(gauge.isHealthy()).isFalse();
  }

  @Test
  void aPauseIsRememberedForASecondAfterItsEnd() {
    pass(525);
    gauge.tick();
    assertThat(gauge.isHealthy()).isTrue();

    for (int i = 0; i < 40; i++) {
      pass(25);
      gauge.tick();
    }
    assertThat(gauge.worstStallMs()).isEqualTo(500);

    pass(25);
    gauge.tick();
    assertThat(gauge.worstStallMs()).isZero();
  }

  private void pass(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }
}
