package io.mooring.volumemanager.placement;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingInt;

import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PlacementOutcome;
import io.mooring.volumemanager.volume.PlacementRequest;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Chooses pools, one replica after the other. Distinct nodes, the restrictions of the volume,
 * availability, capacity and {@code fg} are conditions; everything else is a wish, in this order:
 * the wanted node, another zone, another rack, fewest volumes of the group, the class of pool, and
 * the pool of which the smallest part is provisioned. Space is provisioned thinly, so the sum of
 * sizes may exceed a pool; a pool that is nearly full takes nothing new.
 */
public final class Placement {

  static final double USED_FRACTION_MAX = 0.95;

  private final PlacementRequest request;
  private final List<PoolCandidate> all;

  private Placement(PlacementRequest request, List<PoolCandidate> all) {
    this.request = request;
    this.all = all;
  }

  public static PlacementOutcome choose(PlacementRequest request, List<PoolCandidate> pools) {
    return new Placement(request, pools).choose();
  }

  /** Why a replica in this pool cannot have this size, or empty if it can. */
  public static Optional<Rejection> refuseSize(PoolCandidate pool, long sizeBytes) {
    if (sizeBytes > pool.capacityBytes()) {
      return Optional.of(
          tooLarge(
              "Size is %d bytes, pool %s holds at most %d."
                  .formatted(sizeBytes, pool.pool(), pool.capacityBytes())));
    }
    if (pool.usedFraction() >= USED_FRACTION_MAX) {
      return Optional.of(
          poolsFull("Pool %s is %.0f %% full.".formatted(pool.pool(), 100 * pool.usedFraction())));
    }
    return Optional.empty();
  }

  private PlacementOutcome choose() {
    List<PoolCandidate> left = all.stream().filter(p -> !isOccupied(p)).toList();
    Optional<Rejection> problem = tooFewNodes(left, "VOL-014", "are known");
    List<Step> steps =
        List.of(
            new Step(this::isAllowed, this::restrictionsTooNarrow),
            new Step(PoolCandidate::available, rest -> tooFewNodes(rest, "VOL-014", "are up")),
            new Step(p -> request.sizeBytes() <= p.capacityBytes(), this::tooLargeForAny),
            new Step(p -> p.usedFraction() < USED_FRACTION_MAX, this::allFull),
            new Step(
                p -> !request.spec().grouping().fg() || p.groupReplicas() == 0,
                this::groupTooDense));
    for (Step step : steps) {
      if (problem.isPresent()) {
        break;
      }
      left = left.stream().filter(step.condition()).toList();
      problem = step.check().problemWith(left);
    }
    return problem.isPresent()
        ? new PlacementOutcome.Impossible(problem.get())
        : new PlacementOutcome.Placed(pick(left));
  }

  /** A condition on pools, and what to say when too few fulfil it. */
  private record Step(Predicate<PoolCandidate> condition, Check check) {}

  private interface Check {
    Optional<Rejection> problemWith(List<PoolCandidate> left);
  }

  private List<PoolId> pick(List<PoolCandidate> eligible) {
    List<PoolCandidate> chosen = new ArrayList<>();
    List<PoolCandidate> left = new ArrayList<>(eligible);
    for (int i = 0; i < request.count(); i++) {
      PoolCandidate best = left.stream().min(preference(chosen)).orElseThrow();
      chosen.add(best);
      left.removeIf(pool -> pool.node().equals(best.node()));
    }
    return chosen.stream().map(PoolCandidate::pool).toList();
  }

  private Comparator<PoolCandidate> preference(List<PoolCandidate> chosen) {
    Set<String> zones = new HashSet<>();
    Set<String> racks = new HashSet<>();
    for (PoolCandidate pool : all) {
      if (chosen.contains(pool) || isOccupied(pool)) {
        zones.add(pool.location().qualifiedZone());
        racks.add(pool.location().qualifiedRack());
      }
    }
    int wantedClass = request.spec().priorityIo().ordinal();
    return comparing((PoolCandidate p) -> !p.node().equals(request.wanted()))
        .thenComparing(p -> zones.contains(p.location().qualifiedZone()))
        .thenComparing(p -> racks.contains(p.location().qualifiedRack()))
        .thenComparing(comparingInt(PoolCandidate::groupReplicas))
        .thenComparing(comparingInt(p -> Math.abs(p.priority().ordinal() - wantedClass)))
        .thenComparing(comparingDouble(PoolCandidate::provisionedFraction))
        .thenComparing(comparingInt(p -> Objects.hash(request.volume(), p.pool())));
  }

  private boolean isOccupied(PoolCandidate pool) {
    return request.occupied().contains(pool.node());
  }

  private boolean isAllowed(PoolCandidate pool) {
    return request
        .spec()
        .places()
        .allow(pool.node().value(), pool.location().rack(), pool.location().zone());
  }

  private boolean suffice(List<PoolCandidate> pools) {
    return distinctNodes(pools) >= request.count();
  }

  private static long distinctNodes(List<PoolCandidate> pools) {
    return pools.stream().map(PoolCandidate::node).distinct().count();
  }

  private Optional<Rejection> tooFewNodes(List<PoolCandidate> left, String code, String condition) {
    return suffice(left)
        ? Optional.empty()
        : Optional.of(
            new Rejection(
                code,
                "%d more nodes with a pool are needed, %d %s."
                    .formatted(request.count(), distinctNodes(left), condition),
                "Each replica lies on a node of its own" + besides() + ".",
                "Add or bring back nodes, or lower repl."));
  }

  private String besides() {
    Set<NodeId> occupied = request.occupied();
    return occupied.isEmpty() ? "" : ", other than " + occupied.stream().sorted().toList();
  }

  private Optional<Rejection> restrictionsTooNarrow(List<PoolCandidate> left) {
    VolumeSpec.Places places = request.spec().places();
    return suffice(left)
        ? Optional.empty()
        : Optional.of(
            new Rejection(
                "VOL-016",
                "%d nodes match nodes=%s racks=%s zones=%s, %d are needed."
                    .formatted(
                        distinctNodes(left),
                        places.nodes(),
                        places.racks(),
                        places.zones(),
                        request.count()),
                "Replicas are restricted to these places.",
                "Widen the restrictions, correct their names, or lower repl."));
  }

  private Optional<Rejection> tooLargeForAny(List<PoolCandidate> left) {
    if (suffice(left)) {
      return Optional.empty();
    }
    long largest = all.stream().mapToLong(PoolCandidate::capacityBytes).max().orElse(0);
    return Optional.of(
        tooLarge(
            "Size is %d bytes; pools on %d nodes are that large, %d are needed, the largest has %d."
                .formatted(request.sizeBytes(), distinctNodes(left), request.count(), largest)));
  }

  private static Rejection tooLarge(String what) {
    return new Rejection(
        "VOL-010",
        what,
        "A replica lies whole in one pool, and must fit when it is full.",
        "Ask for less, or add a larger pool.");
  }

  private Optional<Rejection> allFull(List<PoolCandidate> left) {
    return suffice(left)
        ? Optional.empty()
        : Optional.of(
            poolsFull(
                "%d nodes have a pool with space, %d are needed."
                    .formatted(distinctNodes(left), request.count())));
  }

  private static Rejection poolsFull(String what) {
    return new Rejection(
        "VOL-013",
        what,
        "A pool that is 95 % full takes nothing new: volumes in it still grow into their size.",
        "Add pools or drives, or delete what is not needed.");
  }

  private Optional<Rejection> groupTooDense(List<PoolCandidate> left) {
    return suffice(left)
        ? Optional.empty()
        : Optional.of(
            new Rejection(
                "VOL-015",
                "Group '%s' leaves %d nodes free, %d are needed."
                    .formatted(
                        request.spec().grouping().group(), distinctNodes(left), request.count()),
                "fg demands that no two volumes of the group share a node.",
                "Add nodes, or remove fg to spread as far as possible."));
  }
}
