package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolPriority;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A node as its agent registered it. */
public record NodeProfile(
    String nodeId,
    String host,
    String region,
    String zone,
    String rack,
    Map<String, String> labels,
    List<PoolProfile> pools,
    Instant updatedAt) {

  /** A pool as its agent described it last. */
  public record PoolProfile(
      String poolId, PoolPriority priority, long capacityBytes, long freeBytes, boolean healthy) {}

  static NodeProfile of(NodeDescriptor descriptor) {
    return new NodeProfile(
        descriptor.getNodeId(),
        descriptor.getHost(),
        descriptor.getRegion(),
        descriptor.getZone(),
        descriptor.getRack(),
        Map.copyOf(descriptor.getLabels()),
        descriptor.getPools().stream()
            .map(pool ->
                new PoolProfile(
                    pool.getPoolId(),
                    pool.getPriority(),
                    pool.getCapacityBytes(),
                    pool.getFreeBytes(),
                    pool.getHealthy()))
            .toList(),
        descriptor.getUpdatedAt());
  }
}
