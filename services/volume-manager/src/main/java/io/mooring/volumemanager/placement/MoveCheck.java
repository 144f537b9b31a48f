package io.mooring.volumemanager.placement;

import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a replica may be moved to another pool. What placement demands of a new replica is
 * demanded of a moved one; what placement merely wishes must not become worse by the move: another
 * zone, another rack, few volumes of the group on a node, the class of pool.
 *
 * @param spec restrictions and preferences of the volume
 * @param sizeBytes logical size of the replica
 * @param members pools of all replicas of the volume, with the one that is left
 * @param pools what is known about a pool, for the group of this volume; empty if nothing is
 */
public record MoveCheck(
    VolumeSpec spec,
    long sizeBytes,
    List<PoolId> members,
    Function<PoolId, Optional<PoolCandidate>> pools) {

  public MoveCheck {
    members = List.copyOf(members);
  }

  /** Why a replica cannot be moved, or empty if it can. */
  public Optional<Rejection> refuse(PoolId from, PoolId to) {
    Optional<PoolCandidate> target = pools.apply(to);
    if (target.isEmpty()) {
      return refused(to, "it is not known", "Name a pool that GET /nodes lists");
    }
    return isOccupied(to.node())
        ? refused(to, "its node holds a replica of the volume", "Choose a pool on another node")
        : Placement.refuseSize(target.get(), sizeBytes)
            .or(() -> refuseUnfit(target.get()))
            .or(() -> refuseWorse(from, target.get()));
  }

  private boolean isOccupied(NodeId node) {
    return members.stream().anyMatch(pool -> pool.node().equals(node));
  }

  private Optional<Rejection> refuseUnfit(PoolCandidate target) {
    PoolId to = target.pool();
    if (!target.available()) {
      return refused(to, "its node is down or its disk is sick", "Choose another pool");
    }
    var location = target.location();
    if (!spec.places().allow(to.node().value(), location.rack(), location.zone())) {
      return refused(
          to, "the volume is restricted to other nodes, racks or zones", "Choose another pool");
    }
    return spec.grouping().fg() && target.groupReplicas() > 0
        ? refused(to, "fg demands that its group shares no node", "Choose a pool on another node")
        : Optional.empty();
  }

  private Optional<Rejection> refuseWorse(PoolId from, PoolCandidate target) {
    PoolId to = target.pool();
    Optional<PoolCandidate> source = pools.apply(from);
    if (source.isEmpty()) {
      // A pool that nobody knows any more is worse than any other.
      return Optional.empty();
    }
    if (distinct(from, to, PoolCandidate.Location::qualifiedZone) < 0
        || distinct(from, to, PoolCandidate.Location::qualifiedRack) < 0) {
      return refused(to, "fewer zones or racks would hold a replica", "Choose a pool elsewhere");
    }
    if (!spec.grouping().group().isEmpty()
        && target.groupReplicas() >= source.get().groupReplicas()) {
      return refused(to, "its group would lie closer together", "Choose a pool on another node");
    }
    return distance(target) > distance(source.get())
        ? refused(to, "it is of another class than priority_io asks for", "Choose another pool")
        : Optional.empty();
  }

  private int distance(PoolCandidate pool) {
    return Math.abs(pool.priority().ordinal() - spec.priorityIo().ordinal());
  }

  /** How many more distinct places hold a replica after the move. */
  private long distinct(PoolId from, PoolId to, Function<PoolCandidate.Location, String> place) {
    List<PoolId> after = new ArrayList<>(members);
    after.remove(from);
    after.add(to);
    return count(after, place) - count(members, place);
  }

  private long count(List<PoolId> held, Function<PoolCandidate.Location, String> place) {
    return held.stream()
        .flatMap(pool -> pools.apply(pool).stream())
        .map(pool -> place.apply(pool.location()))
        .distinct()
        .count();
  }

  private static Optional<Rejection> refused(PoolId to, String because, String fix) {
    return Optional.of(
        new Rejection(
            "VOL-054",
            "No replica is moved to pool %s: %s.".formatted(to, because),
            "A move must keep what placement demands and must not spread replicas worse.",
            fix + "."));
  }
}
