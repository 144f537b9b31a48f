package io.mooring.failoverdetector.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapWindowTest {

  private final GapWindow gaps = new GapWindow(LivenessSettings.defaults());

  @Test
  void suspicionGrowsWithSilenceAndStaysFinite() {
    assertThat(gaps.phi(0)).isLessThan(gaps.phi(250));
    assertThat(gaps.phi(250)).isLessThan(gaps.phi(600));
    assertThat(gaps.phi(600)).isLessThan(gaps.phi(1_000));
    assertThat(gaps.phi(Long.MAX_VALUE)).isEqualTo(100);
  }

  @Test
  void anOrdinaryGapIsAsGoodAsCertain() {
    assertThat(gaps.phi(250)).isBetween(0.29, 0.31);
  }

  @Test
  void aNodeWithIrregularBeatsIsGrantedMoreTime() {
    GapWindow irregular = new GapWindow(LivenessSettings.defaults());
    for (int i = 0; i < 100; i++) {
      gaps.add(250);
      irregular.add(i % 4 == 0 ? 1_000 : 100);
    }

    assertThat(gaps.phi(900)).isGreaterThan(8);
    assertThat(irregular.phi(900)).isLessThan(3);
  }

  @Test
  void burstsDoNotMakeItImpatient() {
    for (int i = 0; i < 100; i++) {
      gaps.add(5);
    }

    assertThat(gaps.phi(500)).isLessThan(8);
  }

  @Test
  void onlyTheNewestGapsCount() {
    for (int i = 0; i < 100; i++) {
      gaps.add(5_000);
    }
    for (int i = 0; i < 100; i++) {
      gaps.add(250);
    }

    assertThat(gaps.phi(1_000)).isGreaterThan(8);
  }
}
