package io.mooring.localcluster.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The faults of a drill, drawn from a seed: the same seed gives the same plan.
 *
 * @param seed seed that the faults were drawn from
 * @param faults one after the other
 */
public record FaultPlan(long seed, List<PlannedFault> faults) {

  /**
   * Kinds of fault. Those that end a node's service must lead to a failover, the others must not.
   */
  public enum Kind {
    KILL_NODE(true),
    CUT_LINK(true),
    PAUSE_NODE(false),
    CRASH_AGENT(false),
    CONTROL_OUTAGE(false),
    STARVE_CPU(false);

    private final boolean failover;

    Kind(boolean failover) {
      this.failover = failover;
    }

    public boolean failover() {
      return failover;
    }
  }

  /**
   * One fault.
   *
   * @param delay how long to wait after the cluster is whole again
   * @param nodeIndex index of the node among the cluster's nodes
   * @param length how long a pause, a cut or a starvation lasts
   */
  public record PlannedFault(Kind kind, Duration delay, int nodeIndex, Duration length) {}

  /** Pauses stay below the limit from which a node counts as dead (10 s). */
  private static final int PAUSE_MS_MAX = 3_000;

  private static final int DELAY_MS_MAX = 4_000;

  /** Draws a plan that contains the given number of faults that end a node's service. */
  public static FaultPlan draw(long seed, int kills, int nodes) {
    Random random = new Random(seed);
    List<PlannedFault> faults = new ArrayList<>();
    Kind[] kinds = Kind.values();
    int fatal = 0;
    while (fatal < kills) {
      Kind kind = kinds[random.nextInt(kinds.length)];
      fatal += kind.failover() ? 1 : 0;
      Duration length =
          Duration.ofMillis(kind.failover() ? 0 : 100 + random.nextInt(PAUSE_MS_MAX - 100));
      faults.add(
          new PlannedFault(
              kind,
              Duration.ofMillis(random.nextInt(DELAY_MS_MAX)),
              random.nextInt(nodes),
              length));
    }
    return new FaultPlan(seed, List.copyOf(faults));
  }
}
