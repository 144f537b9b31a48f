package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotSetState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot set's state as this node knows it.
 *
 * @param headers attributes of the record that brought it, null if it carried none
 * @param found whether it was there before this run of the agent began to listen. An earlier run
 *     may have said that it holds a member's writes back, and that hold is gone.
 */
record KnownSet(SnapshotSetState state, @Nullable EventHeaders headers, boolean found) {

  String setId() {
    return state.getSetId();
  }

  Optional<SnapshotMember> member(String volumeId) {
    return state.getMembers().stream()
        .filter(member -> member.getVolumeId().equals(volumeId))
        .findFirst();
  }

  /** Whether its snapshots are still being taken. */
  boolean isUnderWay() {
    return switch (state.getPhase()) {
      case HOLDING, TAKING -> true;
      case READY, FAILED, DELETING -> false;
    };
  }

  /**
   * Whether a replica is to keep a snapshot because of this set. While it is taken, nobody knows
   * yet which replicas hold it. One that is not among the holders later may show another moment.
   */
  boolean lists(String volumeId, String snapshotId, String replicaId) {
    return switch (state.getPhase()) {
      case HOLDING, TAKING -> names(volumeId, snapshotId).isPresent();
      case READY ->
          names(volumeId, snapshotId)
              .filter(member -> member.getHolders().isEmpty() || isHolder(member, replicaId))
              .isPresent();
      case FAILED, DELETING -> false;
    };
  }

  private Optional<SnapshotMember> names(String volumeId, String snapshotId) {
    return member(volumeId).filter(member -> member.getSnapshotId().equals(snapshotId));
  }

  private static boolean isHolder(SnapshotMember member, String replicaId) {
    return member.getHolders().stream().anyMatch(holder -> holder.getReplicaId().equals(replicaId));
  }
}
