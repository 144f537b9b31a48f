package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings a volume back to the redundancy that was asked for when its replicas do not return by
 * themselves. The old replica stays listed, and welcome, until the new one is in sync.
 */
final class RepairRules {

  private final ClusterView cluster;
  private final Duration replaceAfter;

  RepairRules(ClusterView cluster, Duration replaceAfter) {
    this.cluster = cluster;
    this.replaceAfter = replaceAfter;
  }

  void apply(Draft draft) {
    forget(draft, releasedAndOutOfReach(draft));
    if (draft.exists() && !(draft.volume().phase() instanceof VolumePhase.Deleting)) {
      ReplicaCountRules.retire(draft, givenUpJoining(draft), "its node did not come back");
      placeMissing(draft);
    }
  }

  /** Replicas that nobody needs any more and whose agent will not tell that they are removed. */
  private List<Replica> releasedAndOutOfReach(Draft draft) {
    boolean deleting = draft.volume().phase() instanceof VolumePhase.Deleting;
    return draft.volume().replicas().members().stream()
        .filter(replica -> deleting || replica.role() == ReplicaRole.LEAVING)
        .filter(replica -> isLost(replica, draft.now()))
        .toList();
  }

  private List<Replica> givenUpJoining(Draft draft) {
    return draft
        .volume()
        .replicas()
        .in(ReplicaRole.JOINING)
        .filter(replica -> mustBeReplaced(replica, draft.now()))
        .toList();
  }

  private boolean isLost(Replica replica, Instant now) {
    return cluster
        .unreachableSince(replica)
        .filter(since -> !since.plus(replaceAfter).isAfter(now))
        .isPresent();
  }

  private boolean mustBeReplaced(Replica replica, Instant now) {
    return switch (replica.role()) {
      case IN_SYNC, LEAVING -> false;
      case STALE, JOINING -> replica.unusable() || isLost(replica, now);
    };
  }

  private void placeMissing(Draft draft) {
    while (missing(draft) > 0) {
      Volume volume = draft.volume();
      PlacementRequest request =
          new PlacementRequest(
              volume.id(), volume.spec(), volume.sizeBytes(), 1, occupiedNodes(volume), null);
      switch (cluster.place(request)) {
        case PlacementOutcome.Placed(List<PoolId> pools) ->
            ReplicaCountRules.addJoining(draft, pools.getFirst(), "replaces a lost replica");
        case PlacementOutcome.Impossible _ -> {
          // Nowhere to go now; the next look may find a node.
          return;
        }
      }
    }
  }

  private long missing(Draft draft) {
    Volume volume = draft.volume();
    long counted =
        volume.replicas().members().stream()
            .filter(replica -> replica.role() != ReplicaRole.LEAVING)
            .filter(replica -> !mustBeReplaced(replica, draft.now()))
            .count();
    return volume.spec().repl() - counted;
  }

  /** An unusable replica may be replaced on its own node: its drive may be fine. */
  private static Set<NodeId> occupiedNodes(Volume volume) {
    return volume.replicas().members().stream()
        .filter(replica -> !replica.unusable())
        .map(Replica::node)
        .collect(Collectors.toSet());
  }

  /** Strikes replicas from the list; a deleted volume ends with its last one. */
  static void forget(Draft draft, List<Replica> gone) {
    if (gone.isEmpty()) {
      return;
    }
    Volume volume = draft.volume();
    ReplicaSet rest = volume.replicas().without(gone);
    if (rest.members().isEmpty()) {
      draft.announce(new VolumeFact.Deleted());
      draft.vanish();
    } else {
      draft.become(volume.with(rest));
    }
  }
}
