package io.mooring.volumemanager.placement;

import io.mooring.schemas.PoolPriority;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;

/**
 * What placement must know about a pool.
 *
 * @param pool which pool
 * @param location where its node stands
 * @param priority class of its drive
 * @param capacityBytes bytes that it may hold
 * @param freeBytes bytes still free, as its agent said last
 * @param provisionedBytes sum of the logical sizes of the replicas in it
 * @param groupReplicas replicas on its node that belong to the group of the volume to be placed
 * @param available neither its node is down nor its disk sick
 */
public record PoolCandidate(
    PoolId pool,
    Location location,
    PoolPriority priority,
    long capacityBytes,
    long freeBytes,
    long provisionedBytes,
    int groupReplicas,
    boolean available) {

  /**
   * Where a node stands; empty where it is not labelled. Equal zone names in two regions, or rack
   * names in two zones, are different places.
   */
  public record Location(String region, String zone, String rack) {

    public String qualifiedZone() {
      return zone.isEmpty() ? "" : region + "/" + zone;
    }

    public String qualifiedRack() {
      return rack.isEmpty() ? "" : qualifiedZone() + "/" + rack;
    }
  }

  NodeId node() {
    return pool.node();
  }

  double usedFraction() {
    return capacityBytes <= 0 ? 1 : 1 - (double) freeBytes / capacityBytes;
  }

  double provisionedFraction() {
    return (double) provisionedBytes / capacityBytes;
  }
}
