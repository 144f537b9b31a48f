package io.mooring.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the simulation itself: every deliberately wrong variant must be caught. */
final class MutantsTest {
  private static final long SEEDS_MAX = 600;

  @ParameterizedTest
  @EnumSource(value = Mutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void simulationKills(Mutant mutant) {
    OptionalLong killer =
        LongStream.rangeClosed(1, SEEDS_MAX).filter(seed -> kills(seed, mutant)).findFirst();

    assertThat(killer).as("a seed up to %s that catches %s", SEEDS_MAX, mutant).isPresent();
    System.out.printf("%s caught by seed %d%n", mutant, killer.getAsLong());
  }

  private static boolean kills(long seed, Mutant mutant) {
    try {
      if (mutant == Mutant.HOLD_NOT_KEPT) {
        GroupSimulation.run(seed, mutant, false);
      } else {
        Simulation.run(seed, mutant, false);
      }
      return false;
    } catch (SimulationFailure caught) {
      return true;
    }
  }
}
