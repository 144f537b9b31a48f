package io.mooring.volumeagent.volumes;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumeState;
import org.jspecify.annotations.Nullable;

/**
 * A volume's state as this node knows it.
 *
 * @param headers attributes of the record that brought it; null if it comes from the state
 *     directory
 */
public record KnownVolume(VolumeState state, @Nullable EventHeaders headers) {

  /** Whether this node may run the head. */
  public boolean isHeldBy(String nodeId) {
    return nodeId.equals(state.getHolder());
  }

  /** Part of its content is not what it is to be: somebody fills it, or has not done so. */
  public boolean isHalf() {
    return state.getFilling() != null && !state.getFilling().getWhole();
  }

  boolean hasReplicaIn(String nodeId, String poolId) {
    return state.getReplicas().stream()
        .anyMatch(
            replica -> replica.getNodeId().equals(nodeId) && replica.getPoolId().equals(poolId));
  }

  /** Whether this node holds a replica or may run the head. */
  boolean concerns(String nodeId) {
    return isHeldBy(nodeId)
        || state.getReplicas().stream().anyMatch(replica -> replica.getNodeId().equals(nodeId));
  }
}
