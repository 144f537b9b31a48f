package io.mooring.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Replays one seed with its trace: {@code -Dtest=SeedTest -Dseed=…}. */
final class SeedTest {
  @Test
  void seedHolds() {
    Long group = Long.getLong("group");
    if (group != null) {
      assertThat(GroupSimulation.run(group, Mutant.NONE, true)).isNotNegative();
      return;
    }
    long seed = Long.getLong("seed", 1);
    assertThat(Simulation.run(seed, Mutant.NONE, true).events()).isPositive();
  }
}
