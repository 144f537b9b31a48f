package io.mooring.localcluster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineTest {

  @Test
  void growingPointsAreNotFlat() {
    Line line =
        Line.through(List.of(new double[] {1, 10}, new double[] {2, 20.5}, new double[] {4, 39.8}));

    assertThat(line.slope()).isCloseTo(9.9, within(0.2));
    assertThat(line.rSquared()).isGreaterThan(0.99);
    assertThat(line.isFlat()).isFalse();
  }

  @Test
  void noiseAroundAConstantIsFlat() {
    Line line =
        Line.through(
            List.of(
                new double[] {1, 6.1},
                new double[] {1, 5.8},
                new double[] {2, 6.0},
                new double[] {2, 6.3},
                new double[] {4, 5.9},
                new double[] {4, 6.2}));

    assertThat(line.isFlat()).isTrue();
  }
}
