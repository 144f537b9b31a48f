package io.mooring.volumeagent.volumes;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a volume's state means for the replicas of one node. Only decides; the pools are asked
 * before and changed after.
 *
 * <p>Two mistakes would lose data, and the rules are made around them:
 *
 * <ul>
 *   <li>A blank file must never pass for a replica that is in sync (I4). So blank files are made
 *       only for a volume that was never attached, where everything is zero everywhere, and for a
 *       joining replica, which is filled anyway. In every other case missing files are a lost
 *       replica.
 *   <li>Files must never be deleted on the word of an old state. So a replica that a state does not
 *       list goes only if the state is newer than the one in which the replica last took part.
 * </ul>
 */
final class ReplicaDecisions {

  private final String nodeId;

  ReplicaDecisions(String nodeId) {
    this.nodeId = nodeId;
  }

  /**
   * Steps that follow from a state.
   *
   * @param local the node's replicas of this volume, by replica id
   */
  List<ReplicaStep> on(VolumeState state, Map<String, LocalReplica> local) {
    List<ReplicaStep> steps = new ArrayList<>();
    for (ReplicaState replica : state.getReplicas()) {
      if (replica.getNodeId().equals(nodeId)) {
        steps.addAll(onListed(state, replica, local.get(replica.getReplicaId())));
      }
    }
    Set<String> listed =
        state.getReplicas().stream()
            .filter(replica -> replica.getNodeId().equals(nodeId))
            .map(ReplicaState::getReplicaId)
            .collect(Collectors.toSet());
    new TreeMap<>(local)
        .forEach((id, replica) -> {
          if (!listed.contains(id)) {
            steps.add(onUnlisted(state, id, replica));
          }
        });
    return steps;
  }

  /**
   * Steps that follow from the end of a volume: volume-manager had the last word, whatever is on
   * the disk.
   */
  List<ReplicaStep> onDeleted(Map<String, LocalReplica> local) {
    return new TreeMap<>(local)
        .keySet().stream().<ReplicaStep>map(id -> new ReplicaStep.Delete(id, false)).toList();
  }

  private List<ReplicaStep> onListed(
      VolumeState state, ReplicaState listed, @Nullable LocalReplica found) {
    String id = listed.getReplicaId();
    if (state.getPhase() == VolumePhase.DELETING || listed.getRole() == ReplicaRole.LEAVING) {
      return List.of(new ReplicaStep.Delete(id, true));
    }
    return switch (found) {
      case null -> onMissing(state, listed);
      case LocalReplica.Unusable unusable ->
          List.of(new ReplicaStep.ReportUnusable(id, unusable.code(), unusable.reason()));
      case LocalReplica.Sound sound -> onSound(state, id, sound);
      case LocalReplica.Damaged damaged -> onDamaged(state, listed, damaged);
    };
  }

  private static List<ReplicaStep> onMissing(VolumeState state, ReplicaState listed) {
    String id = listed.getReplicaId();
    boolean neverAttached = state.getEpoch() == 0 && listed.getRole() == ReplicaRole.IN_SYNC;
    if (neverAttached || listed.getRole() == ReplicaRole.JOINING) {
      return List.of(
          new ReplicaStep.Create(id, listed.getPoolId(), state.getSizeBytes()),
          new ReplicaStep.Promise(id, state.getEpoch()));
    }
    return List.of(
        new ReplicaStep.ReportUnusable(
            id,
            "VOL-060",
            "Its files are not in pool %s, although it has held data (epoch %d, role %s)."
                .formatted(listed.getPoolId(), state.getEpoch(), listed.getRole())));
  }

  private static List<ReplicaStep> onSound(
      VolumeState state, String id, LocalReplica.Sound replica) {
    if (state.getEpoch() < replica.promisedEpoch()
        || state.getGeneration() < replica.generation()) {
      return List.of(
          new ReplicaStep.ReportUnusable(
              id,
              "VOL-061",
              "Its files belong to a newer life (epoch %d, generation %d) than the volume's state (epoch %d, generation %d)."
                  .formatted(
                      replica.promisedEpoch(),
                      replica.generation(),
                      state.getEpoch(),
                      state.getGeneration())));
    }
    return state.getEpoch() > replica.promisedEpoch() || state.getPhase() == VolumePhase.FENCING
        ? List.of(new ReplicaStep.Promise(id, state.getEpoch()))
        : List.of();
  }

  /**
   * A member among others is taken out by the head, which knows whether another one is sound: with
   * two that are damaged in different places, both are needed. The last one is reported all the
   * same: volume-manager does not give it up, and somebody has to hear of it.
   */
  private static List<ReplicaStep> onDamaged(
      VolumeState state, ReplicaState listed, LocalReplica.Damaged damaged) {
    String id = listed.getReplicaId();
    List<ReplicaStep> steps = new ArrayList<>(onSound(state, id, damaged.files()));
    boolean known = steps.stream().anyMatch(ReplicaStep.ReportUnusable.class::isInstance);
    if (!known && (listed.getRole() != ReplicaRole.IN_SYNC || isOnlyInSync(state))) {
      steps.add(new ReplicaStep.ReportUnusable(id, damaged.code(), damaged.reason()));
    }
    return steps;
  }

  private static boolean isOnlyInSync(VolumeState state) {
    return state.getReplicas().stream()
            .filter(replica -> replica.getRole() == ReplicaRole.IN_SYNC)
            .count()
        == 1;
  }

  private static ReplicaStep onUnlisted(VolumeState state, String id, LocalReplica found) {
    return switch (found) {
      case LocalReplica.Sound sound
          when state.getEpoch() < sound.promisedEpoch()
              || state.getGeneration() <= sound.generation() ->
          new ReplicaStep.Keep(
              id,
              "the state that does not list it (epoch %d, generation %d) is not newer than its own (epoch %d, generation %d)"
                  .formatted(
                      state.getEpoch(),
                      state.getGeneration(),
                      sound.promisedEpoch(),
                      sound.generation()));
      case LocalReplica.Sound _ -> new ReplicaStep.Delete(id, true);
      case LocalReplica.Damaged damaged -> onUnlisted(state, id, damaged.files());
      // It cannot say how new it is. It cannot be read either, but a person may want to try.
      case LocalReplica.Unusable unusable ->
          new ReplicaStep.Keep(id, "it cannot be opened: " + unusable.code());
    };
  }
}
