package io.mooring.volumemanager.rebalance;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;

import io.mooring.volumemanager.placement.PoolCandidate;
import io.mooring.volumemanager.rebalance.PlacementModel.Slot;
import io.mooring.volumemanager.volume.PoolId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses moves, one after the other: the pool that deviates most is relieved, or filled, by the
 * replica whose size comes closest to what two pools lack to be equal. A replica that serves its
 * writer's reads stays where it is as long as another one would do. Every move keeps what {@link
 * io.mooring.volumemanager.placement.MoveCheck} demands, given that those before it are done.
 *
 * <p>Not the best of all plans: that is a packing problem. It ends when all pools are within the
 * threshold, or when no single move improves the worst of them.
 */
public final class RebalancePlanner {

  static final int MOVES_MAX = 500;

  /** Bounds the search where restrictions leave little to choose from. */
  private static final int LOOKS_MAX = 500_000;

  private final PlacementModel model;
  private final double threshold;
  private int looks;

  private RebalancePlanner(PlacementModel model, double threshold) {
    this.model = model;
    this.threshold = threshold;
  }

  /**
   * Plans.
   *
   * @param pools all pools; those that are not available neither give nor take nor count
   * @param deviationPercent pools that deviate by at most this many percentage points are left
   *     alone
   */
  public static RebalancePlan plan(
      Collection<PoolCandidate> pools, Collection<VolumeOutline> volumes, double deviationPercent) {
    PlacementModel model = new PlacementModel(pools, volumes);
    return new RebalancePlanner(model, deviationPercent).plan();
  }

  private RebalancePlan plan() {
    double before = model.loads().largestDeviation();
    List<PlannedMove> moves = new ArrayList<>();
    Set<PoolId> stuck = new HashSet<>();
    while (moves.size() < MOVES_MAX && looks < LOOKS_MAX) {
      Optional<PoolId> worst = model.loads().worst(threshold, stuck);
      if (worst.isEmpty()) {
        break;
      }
      Optional<PlannedMove> move = improve(worst.get());
      if (move.isPresent()) {
        moves.add(move.get());
        stuck.clear();
      } else {
        stuck.add(worst.get());
      }
    }
    return new RebalancePlan(moves, before, model.loads().largestDeviation(), model.notMovable());
  }

  private Optional<PlannedMove> improve(PoolId worst) {
    boolean overFull = model.loads().deviation(worst) > 0;
    List<PoolId> sources = overFull ? List.of(worst) : model.loads().fullerThan(worst);
    List<PoolId> targets = overFull ? model.loads().emptierThan(worst) : List.of(worst);
    Optional<PlannedMove> move = search(sources, targets, false);
    return move.isPresent() ? move : search(sources, targets, true);
  }

  private Optional<PlannedMove> search(
      List<PoolId> sources, List<PoolId> targets, boolean besideWriter) {
    for (PoolId from : sources) {
      for (PoolId to : targets) {
        Optional<Slot> slot =
            model.slots(from, besideWriter).stream()
                .filter(candidate -> isImproving(candidate, to))
                .sorted(closestTo(model.loads().idealBytes(from, to)))
                .filter(candidate -> model.permits(candidate, to))
                .findFirst();
        if (slot.isPresent()) {
          return Optional.of(model.move(slot.get(), to));
        }
        if (looks >= LOOKS_MAX) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private boolean isImproving(Slot slot, PoolId to) {
    looks++;
    return model.loads().isImprovedBy(slot.pool(), to, slot.volume().sizeBytes());
  }

  private static Comparator<Slot> closestTo(double bytes) {
    return comparingDouble((Slot slot) -> Math.abs(slot.volume().sizeBytes() - bytes))
        .thenComparing(slot -> slot.volume().id().value())
        .thenComparing(comparing(slot -> slot.replica().value()));
  }
}
