package io.mooring.volumemanager.volume;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pools wanted for replicas of one volume.
 *
 * @param volume for whom; breaks ties, so that equal requests give equal answers
 * @param spec restrictions and preferences
 * @param sizeBytes logical size of each replica
 * @param count how many pools
 * @param occupied nodes that hold a replica already and are out of the question
 * @param wanted node that one replica should lie on, if possible; null for any
 */
public record PlacementRequest(
    VolumeId volume,
    VolumeSpec spec,
    long sizeBytes,
    int count,
    Set<NodeId> occupied,
    @Nullable NodeId wanted) {

  public PlacementRequest {
    occupied = Set.copyOf(occupied);
  }
}
