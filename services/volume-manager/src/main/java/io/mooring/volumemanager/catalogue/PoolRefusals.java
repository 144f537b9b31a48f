package io.mooring.volumemanager.catalogue;

import io.mooring.volumemanager.catalogue.NodeProfile.PoolProfile;
import io.mooring.volumemanager.expansion.Drive;
import io.mooring.volumemanager.expansion.ExpansionRefusals;
import io.mooring.volumemanager.rebalance.RebalancePlan;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Why a command about pools is refused, and what a plan amounts to, in words. */
public final class PoolRefusals {

  public static final double DEVIATION_MAX = 1000;

  private PoolRefusals() {}

  static Rejection expired(Instant expiresAt) {
    return new Rejection(
        "POL-090",
        "The command expired at %s.".formatted(expiresAt),
        "It could not be decided before; who asked for it may no longer want it.",
        "Send it again if it is still wanted.");
  }

  public static Rejection badDeviation(double percent) {
    return new Rejection(
        "POL-001",
        "deviationPercent is %s.".formatted(percent),
        "It is the number of percentage points by which a pool may differ from the mean, 0 to %.0f."
            .formatted(DEVIATION_MAX),
        "Set it to such a number, for example 10.");
  }

  public static Rejection unknownRebalance(String id) {
    return new Rejection(
        "POL-002",
        "Rebalance '%s' is not known.".formatted(id),
        "It was never started, or it is over for long; the last ones are kept.",
        "Look at GET /rebalances.");
  }

  /** Why the drive of a pool is not grown; the same is asked before a command is written. */
  public static Optional<Rejection> ofExpansion(
      Collection<NodeProfile> nodes, PoolId pool, long toBytes) {
    Optional<PoolProfile> profile =
        nodes.stream()
            .filter(node -> node.nodeId().equals(pool.node().value()))
            .findFirst()
            .flatMap(node -> node.pool(pool.name()));
    return ofExpansion(profile, pool, toBytes);
  }

  static Optional<Rejection> ofExpansion(Optional<PoolProfile> profile, PoolId pool, long toBytes) {
    if (profile.isEmpty()) {
      return Optional.of(ExpansionRefusals.unknownPool(pool));
    }
    Optional<Drive> drive = profile.get().growable();
    if (drive.isEmpty()) {
      return Optional.of(ExpansionRefusals.notGrowable(pool));
    }
    return profile.get().healthy() && profile.get().capacityBytes() > 0
        ? ExpansionRefusals.refuse(pool, drive.get(), toBytes)
        : Optional.of(ExpansionRefusals.outOfService(pool));
  }

  static String summary(RebalancePlan plan, double threshold) {
    String moves =
        plan.moves().isEmpty()
            ? plan.deviationBefore() <= threshold
                ? "no pool deviates by more than %.1f points".formatted(threshold)
                : "no permitted move makes it better"
            : "%d moves bring the largest deviation from %.1f to %.1f points"
                .formatted(plan.moves().size(), plan.deviationBefore(), plan.deviationAfter());
    return plan.notMovable() == 0
        ? moves
        : moves
            + "; %d volumes are not in use or not healthy and stay where they are"
                .formatted(plan.notMovable());
  }
}
