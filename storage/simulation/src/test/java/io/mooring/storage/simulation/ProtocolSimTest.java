package io.mooring.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Runs the protocol under faults: the same seeds every time, then fresh ones for a while. {@code
 * -Dsimulation.seconds=3600} makes it a long run.
 */
final class ProtocolSimTest {
  private static final long FIXED_SEEDS = 400;
  private static final Duration FRESH = Duration.ofSeconds(Long.getLong("simulation.seconds", 25));

  @Test
  void fixedSeedsHold() {
    long acknowledged = 0;
    long reads = 0;
    long snapshots = 0;
    for (long seed = 1; seed <= FIXED_SEEDS; seed++) {
      Simulation.Report report = Simulation.run(seed);
      acknowledged += report.acknowledgedWrites();
      reads += report.readsChecked();
      snapshots += report.snapshotsTaken();
    }

    assertThat(acknowledged).as("the client gets its writes acknowledged").isGreaterThan(100_000);
    assertThat(reads).as("reads are checked").isGreaterThan(40_000);
    assertThat(snapshots).as("snapshots are taken").isGreaterThan(1_000);
  }

  @Test
  void snapshotsOfAGroupAreOneMoment() {
    long groups = 0;
    for (long seed = 1; seed <= FIXED_SEEDS / 4; seed++) {
      groups += GroupSimulation.run(seed, Mutant.NONE, false);
    }

    assertThat(groups).as("groups are taken").isGreaterThan(100);
  }

  /**
   * A paused head has read what was overwritten before it was replaced, and tells it afterwards:
   * that was true once.
   */
  @Test
  void whatAReplacedHeadHasReadInTimeIsNoFault() {
    assertThat(Simulation.run(54_154_267_602_879L).readsChecked()).isPositive();
  }

  @Test
  void freshSeedsHold() {
    long first = System.nanoTime();
    long end = first + FRESH.toNanos();
    long runs = 0;
    long events = 0;
    while (System.nanoTime() < end) {
      events += Simulation.run(first + runs).events();
      runs++;
    }

    assertThat(events).isPositive();
    System.out.printf("%d fresh seeds from %d, %d events%n", runs, first, events);
  }

  @Test
  void sameSeedGivesTheSameRun() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(Simulation.run(seed)).isEqualTo(Simulation.run(seed));
    }
  }
}
