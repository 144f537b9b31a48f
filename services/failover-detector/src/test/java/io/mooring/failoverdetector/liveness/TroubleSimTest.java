package io.mooring.failoverdetector.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.failoverdetector.liveness.ClusterSimulation.Fault;
import io.mooring.failoverdetector.liveness.ClusterSimulation.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A node dies while the detector has just been deaf, or its witnesses are on their way back. Time
 * counts from the moment at which it was dead and the detector had heard most of the others again.
 * Replay one run with {@code -Dmooring.sim.seed=N}, look longer with {@code -Dmooring.sim.seeds=N}.
 */
class TroubleSimTest {

  private static final int FIXED_SEEDS = Integer.getInteger("mooring.sim.seeds", 400);
  private static final int FRESH_SEEDS = 20;
  private static final long WARM_UP_MS = 5_000;
  private static final long FOUND_WITHIN_MS = 60_000;
  private static final double LOSS_RATE = 0.002;
  private static final long AIM_MS = 2_000;

  /** One run, and how long the death took to be found once it could be. */
  private record Outcome(long seed, List<Verdict> wrong, long detectionMs, String history) {}

  /** A cluster, one of whose nodes will die. */
  private static final class Story {
    final long seed;
    final int nodes;
    final ClusterSimulation simulation;
    final Random random;
    final int victim;
    final long startMs;

    Story(long seed) {
      this.seed = seed;
      this.nodes = 2 + (int) Math.floorMod(seed, 5L);
      this.simulation = new ClusterSimulation(seed, nodes, LOSS_RATE);
      this.random = simulation.random();
      this.victim = random.nextInt(nodes);
      this.startMs = simulation.nowMs() + WARM_UP_MS + random.nextLong(1_000);
    }

    int other() {
      return (victim + 1 + random.nextInt(nodes - 1)) % nodes;
    }

    /** The node dies then; nobody can be asked for a verdict before {@code ableMs}. */
    Outcome dies(long killedMs, long ableMs) {
      simulation.kill(victim, killedMs);
      simulation.runUntil(Math.max(killedMs, ableMs) + FOUND_WITHIN_MS);
      long fromMs = Math.max(killedMs, simulation.majorityHeardMs(victim, ableMs));
      List<Verdict> wrong = new ArrayList<>();
      long detectionMs = FOUND_WITHIN_MS;
      for (Verdict verdict : simulation.verdicts()) {
        if (verdict.node() == victim && verdict.atMs() >= killedMs) {
          detectionMs = Math.min(detectionMs, Math.max(0, verdict.atMs() - fromMs));
        } else {
          wrong.add(verdict);
        }
      }
      return new Outcome(seed, wrong, detectionMs, wrong.isEmpty() ? "" : simulation.history());
    }
  }

  @Test
  void aNodeThatDiesBeforeAnOutageOfTheControlTopicsIsFoundAfterIt() {
    check("dies just before a control outage", seed -> aroundOutage(seed, When.BEFORE));
  }

  @Test
  void aNodeThatDiesDuringAnOutageOfTheControlTopicsIsFoundAfterIt() {
    check("dies during a control outage", seed -> aroundOutage(seed, When.DURING));
  }

  @Test
  void aNodeThatDiesAfterAnOutageOfTheControlTopicsIsFoundAsEver() {
    check("dies just after a control outage", seed -> aroundOutage(seed, When.AFTER));
  }

  @Test
  void aNodeIsFoundWhileAnotherAgentComesBack() {
    check(
        "dies while another node's agent restarts",
        seed -> {
          Story story = new Story(seed);
          int other = story.other();
          long downMs = 300 + story.random.nextLong(5_000);
          long killedMs = story.startMs + 5_000 + story.random.nextLong(3_000);
          story.simulation.fault(Fault.AGENT_DOWN, other, story.startMs + 5_000, downMs);
          story.simulation.fault(
              Fault.STARVED,
              other,
              story.startMs + 5_000 + downMs,
              500 + story.random.nextLong(1_000));
          // Of two nodes the other one is the only witness.
          long ableMs = story.nodes == 2 ? story.startMs + 5_000 + downMs : killedMs;
          return story.dies(killedMs, ableMs);
        });
  }

  @Test
  void aNodeWhoseAgentHadCrashedIsFound() {
    check(
        "dies while its own agent restarts",
        seed -> {
          Story story = new Story(seed);
          long downMs = 300 + story.random.nextLong(5_000);
          story.simulation.fault(Fault.AGENT_DOWN, story.victim, story.startMs, downMs);
          long killedMs = story.startMs + story.random.nextLong(downMs + 1_000);
          return story.dies(killedMs, killedMs);
        });
  }

  @Test
  void aNodeThatDiesWhileTheDetectorIsAwayIsFoundByTheNext() {
    check(
        "dies around a restart of the detector",
        seed -> {
          Story story = new Story(seed);
          long awayMs = 500 + story.random.nextLong(8_000);
          story.simulation.fault(Fault.DETECTOR_AWAY, story.startMs + 1_000, awayMs);
          long killedMs = story.startMs + story.random.nextLong(awayMs + 3_000);
          return story.dies(killedMs, story.startMs + 1_000 + awayMs);
        });
  }

  private enum When {
    BEFORE,
    DURING,
    AFTER
  }

  private static Outcome aroundOutage(long seed, When when) {
    Story story = new Story(seed);
    long beginMs = story.startMs + 1_500;
    long endMs = beginMs + 200 + story.random.nextLong(30_000);
    long killedMs =
        switch (when) {
          case BEFORE -> beginMs - 1 - story.random.nextLong(1_000);
          case DURING -> beginMs + story.random.nextLong(endMs - beginMs);
          case AFTER -> endMs + story.random.nextLong(4_000);
        };
    story.simulation.fault(Fault.CONTROL_OUTAGE, beginMs, endMs - beginMs);
    if (story.nodes > 2) {
      // The one who does not reach a living node may be the first whom the detector hears again.
      story.simulation.fault(Fault.UNSEEN, story.other(), story.startMs, Integer.MAX_VALUE);
    }
    return story.dies(killedMs, endMs);
  }

  private static void check(String story, LongFunction<Outcome> run) {
    Long only = Long.getLong("mooring.sim.seed");
    LongStream seeds =
        only != null
            ? LongStream.of(only)
            : LongStream.concat(
                LongStream.range(0, FIXED_SEEDS),
                new Random().longs(FRESH_SEEDS, 1 << 20, 1L << 40));
    List<Outcome> outcomes = seeds.mapToObj(run).toList();
    System.out.printf(
        "[detection] %s: %d runs, p50 %d ms, p99 %d ms, max %d ms, false NodeDown %d%n",
        story,
        outcomes.size(),
        percentile(outcomes, 0.5),
        percentile(outcomes, 0.99),
        percentile(outcomes, 1),
        outcomes.stream().mapToInt(outcome -> outcome.wrong().size()).sum());
    assertThat(outcomes.stream().filter(outcome -> !outcome.wrong().isEmpty()).toList())
        .as("runs with a false NodeDown; replay with -Dmooring.sim.seed=N")
        .isEmpty();
    // A few fresh runs say nothing about a 99th percentile; they look for a false verdict.
    List<Outcome> fixed = outcomes.subList(0, Math.min(FIXED_SEEDS, outcomes.size()));
    assertThat(percentile(fixed, 0.99)).isLessThanOrEqualTo(AIM_MS);
  }

  private static long percentile(List<Outcome> outcomes, double share) {
    List<Long> sorted = outcomes.stream().map(Outcome::detectionMs).sorted().toList();
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
