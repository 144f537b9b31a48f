package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Raises and lowers the number of replicas. */
final class ReplicaCountRules {

  private final ClusterView cluster;

  ReplicaCountRules(ClusterView cluster) {
    this.cluster = cluster;
  }

  void set(Draft draft, CommandReference reference, VolumeRequest.SetReplicaCount wanted) {
    Volume volume = draft.volume();
    if (wanted.repl() < VolumeSpec.REPL_MIN || wanted.repl() > VolumeSpec.REPL_MAX) {
      draft.reject(reference, Refusals.replCountOutOfRange(wanted.repl()));
      return;
    }
    if (wanted.repl() == volume.spec().repl()) {
      draft.accept(reference);
      return;
    }
    List<Replica> staying = staying(volume);
    if (wanted.repl() >= staying.size()) {
      raise(draft, reference, wanted, wanted.repl() - staying.size());
    } else {
      lower(draft, reference, wanted, staying);
    }
  }

  private static List<Replica> staying(Volume volume) {
    return volume.replicas().members().stream()
        .filter(replica -> replica.role() != ReplicaRole.LEAVING)
        .toList();
  }

  private void raise(
      Draft draft, CommandReference reference, VolumeRequest.SetReplicaCount wanted, int more) {
    Volume volume = draft.volume();
    Set<NodeId> occupied =
        volume.replicas().members().stream().map(Replica::node).collect(Collectors.toSet());
    PlacementRequest request =
        new PlacementRequest(
            volume.id(), volume.spec(), volume.sizeBytes(), more, occupied, wanted.node());
    switch (more == 0 ? new PlacementOutcome.Placed(List.of()) : cluster.place(request)) {
      case PlacementOutcome.Impossible(Rejection reason) -> draft.reject(reference, reason);
      case PlacementOutcome.Placed(List<PoolId> pools) -> {
        draft.become(volume.with(volume.spec().withRepl(wanted.repl())));
        pools.forEach(pool -> addJoining(draft, pool, "repl raised to " + wanted.repl()));
        draft.accept(reference);
      }
    }
  }

  static void addJoining(Draft draft, PoolId pool, String reason) {
    addJoining(draft, draft.volume().replicas().withJoining(pool, draft.now()), reason);
  }

  static void addJoining(Draft draft, ReplicaSet more, String reason) {
    draft.become(draft.volume().with(more));
    draft.announce(
        new VolumeFact.ReplicaPlaced(
            more.members().getLast().id(), more.members().getLast().node(), reason));
  }

  private void lower(
      Draft draft,
      CommandReference reference,
      VolumeRequest.SetReplicaCount wanted,
      List<Replica> staying) {
    Volume volume = draft.volume();
    NodeId named = wanted.node();
    if (named != null && staying.stream().noneMatch(r -> r.node().equals(named))) {
      draft.reject(reference, Refusals.noReplicaThere(volume, named));
      return;
    }
    List<Replica> leaving =
        staying.stream()
            .sorted(Comparator.comparingInt(replica -> usefulness(volume, replica, named)))
            .limit(staying.size() - wanted.repl())
            .toList();
    if (new HashSet<>(leaving).containsAll(volume.replicas().inSync())) {
      draft.reject(reference, Refusals.wouldLoseData(volume));
      return;
    }
    if (cluster.wouldLoseSnapshot(volume, leaving)) {
      draft.reject(reference, Refusals.wouldLoseSnapshot(volume, leaving));
      return;
    }
    draft.become(volume.with(volume.spec().withRepl(wanted.repl())));
    retire(draft, leaving, "repl lowered to " + wanted.repl());
    draft.accept(reference);
  }

  static void retire(Draft draft, List<Replica> leaving, String reason) {
    if (leaving.isEmpty()) {
      return;
    }
    Volume volume = draft.volume();
    draft.become(
        volume.with(volume.replicas().withRole(leaving, ReplicaRole.LEAVING, draft.now())));
    for (Replica replica : leaving) {
      draft.announce(new VolumeFact.ReplicaRetired(replica.id(), replica.node(), reason));
    }
  }

  /** The least useful replica goes first; the one beside the writer serves its reads. */
  private int usefulness(Volume volume, Replica replica, @Nullable NodeId named) {
    if (replica.node().equals(named)) {
      return 0;
    }
    if (!replica.isInSync()) {
      return 1;
    }
    if (cluster.isUnreachable(replica)) {
      return 2;
    }
    boolean besideWriter =
        volume.phase() instanceof VolumePhase.Published published
            && published.holder().equals(replica.node());
    if (cluster.wouldLoseSnapshot(volume, List.of(replica))) {
      return besideWriter ? 6 : 5;
    }
    return besideWriter ? 4 : 3;
  }
}
