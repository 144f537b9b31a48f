package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolDrive;
import io.mooring.schemas.PoolPriority;
import io.mooring.volumemanager.expansion.Drive;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /**
   * A pool as its agent described it last.
   *
   * @param drive null if its agent cannot grow it
   */
  public record PoolProfile(
      String poolId,
      PoolPriority priority,
      long capacityBytes,
      long freeBytes,
      boolean healthy,
      @Nullable DriveProfile drive) {

    /** The drive, if its agent can grow it. */
    Optional<Drive> growable() {
      return Optional.ofNullable(drive)
          .map(known ->
              new Drive(known.sizeBytes(), known.maxBytes(), capacityBytes, known.problem()));
    }
  }

  /**
   * A drive that its agent can grow.
   *
   * @param problem why the newest attempt failed, empty if it did not
   */
  public record DriveProfile(long sizeBytes, long maxBytes, String problem) {}

  /** The pool of that name. */
  Optional<PoolProfile> pool(String poolId) {
    return pools.stream().filter(pool -> pool.poolId().equals(poolId)).findFirst();
  }

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
                    pool.getHealthy(),
                    drive(pool.getDrive())))
            .toList(),
        descriptor.getUpdatedAt());
  }

  private static @Nullable DriveProfile drive(@Nullable PoolDrive drive) {
    return drive == null
        ? null
        : new DriveProfile(drive.getSizeBytes(), drive.getMaxBytes(), drive.getProblem());
  }
}
