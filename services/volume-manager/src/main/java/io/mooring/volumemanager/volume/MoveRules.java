package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.util.List;
import java.util.Optional;

/**
 * Moves one replica of a volume to another pool: add first, then release. In between the volume has
 * one replica more than it asks for, never one less; whatever happens on the way, the new replica
 * either takes the old one's place, fills a gap that came about meanwhile, or is released.
 */
final class MoveRules {

  private final ClusterView cluster;

  MoveRules(ClusterView cluster) {
    this.cluster = cluster;
  }

  void begin(Draft draft, CommandReference reference, VolumeRequest.Move move) {
    Volume volume = draft.volume();
    Optional<Replica> leaving = volume.replicas().find(move.replica());
    if (leaving.isEmpty() || !mayBegin(volume)) {
      draft.reject(reference, Refusals.notToBeMoved(volume, move.replica()));
      return;
    }
    if (cluster.wouldLoseSnapshot(volume, List.of(leaving.get()))) {
      draft.reject(reference, Refusals.wouldLoseSnapshot(volume, List.of(leaving.get())));
      return;
    }
    if (!(volume.phase() instanceof VolumePhase.Published published)
        || !published.headOpen()
        || volume.task() != null) {
      draft.reject(reference, Refusals.nobodyFillsIt(volume));
      return;
    }
    Optional<Rejection> refusal = cluster.refuseMove(volume, leaving.get(), move.to());
    if (refusal.isPresent()) {
      draft.reject(reference, refusal.get());
      return;
    }
    ReplicaCountRules.addJoining(
        draft,
        volume.replicas().withJoining(move.to(), move.replica(), draft.now()),
        "takes the place of %s in %s".formatted(move.replica(), leaving.get().pool()));
    draft.accept(reference);
  }

  /** One member at a time: exactly what was asked for is there, and all of it is in sync. */
  private static boolean mayBegin(Volume volume) {
    return volume.replicas().members().stream().allMatch(Replica::isInSync)
        && volume.replicas().members().size() == volume.spec().repl();
  }

  /** A replica that is in sync takes the old one's place, whoever has changed his mind. */
  static void cancel(Draft draft, CommandReference reference) {
    Volume volume = draft.volume();
    List<Replica> joining =
        volume.replicas().in(ReplicaRole.JOINING).filter(r -> isUnderWay(volume, r)).toList();
    ReplicaCountRules.retire(draft, joining, "the move was cancelled");
    draft.accept(reference);
  }

  /** Whether a replica is on its way to take the place of one that is still in sync. */
  static boolean isUnderWay(Volume volume, Replica replica) {
    ReplicaId replaced = replica.replaces();
    return replica.role() == ReplicaRole.JOINING
        && replaced != null
        && volume.replicas().find(replaced).filter(Replica::isInSync).isPresent();
  }

  /**
   * With full redundancy, what was replaced is released. If there is no replica too many, a gap has
   * come about on the way, and the new replica has filled it: then the old one stays. It also stays
   * if a snapshot was taken meanwhile that only it holds, and the new one goes.
   */
  void releaseReplaced(Draft draft) {
    for (Replica moved : draft.volume().replicas().inSync()) {
      ReplicaId replaced = moved.replaces();
      if (replaced != null) {
        Volume volume = draft.volume();
        Optional<Replica> old = volume.replicas().find(replaced).filter(Replica::isInSync);
        if (old.isPresent() && volume.replicas().inSync().size() > volume.spec().repl()) {
          if (cluster.wouldLoseSnapshot(volume, List.of(old.get()))) {
            ReplicaCountRules.retire(
                draft, List.of(moved), "replica %s alone holds a snapshot".formatted(replaced));
          } else {
            ReplicaCountRules.retire(
                draft, List.of(old.get()), "moved to %s as %s".formatted(moved.pool(), moved.id()));
          }
        }
        ReplicaSet rest = draft.volume().replicas().withoutMoves(r -> r.id().equals(moved.id()));
        draft.become(draft.volume().with(rest));
      }
    }
  }
}
