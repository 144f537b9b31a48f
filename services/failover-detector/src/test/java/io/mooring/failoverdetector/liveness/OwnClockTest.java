package io.mooring.failoverdetector.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnClockTest {

  private final OwnClock clock = new OwnClock(LivenessSettings.defaults().cadence());

  @Test
  void beginsAtZeroAndFollowsTheWallClock() {
    assertThat(clock.advance(5_000)).isZero();
    assertThat(clock.advance(5_200)).isEqualTo(200);
    assertThat(clock.pauses()).isZero();
  }

  @Test
  void aPauseCountsAsOneTick() {
    clock.advance(0);

    assertThat(clock.advance(10_000)).isEqualTo(50);
    assertThat(clock.pauses()).isEqualTo(1);
  }

  @Test
  void aWallClockThatJumpsBackDoesNotTurnBackTime() {
    clock.advance(10_000);
    clock.advance(10_100);

    assertThat(clock.advance(2_000)).isEqualTo(100);
    assertThat(clock.advance(2_100)).isEqualTo(200);
  }

  @Test
  void standsStillAtALimit() {
    clock.advance(0);
    clock.advance(200);

    assertThat(clock.holdAt(150)).isTrue();
    assertThat(clock.nowMs()).isEqualTo(150);
    assertThat(clock.holdAt(150)).isFalse();
  }
}
