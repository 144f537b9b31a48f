package io.mooring.autopilot.decision;

import io.mooring.autopilot.expression.Metric;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a measurement says of a pool besides its capacity and use. A negative number stands for what
 * its agent does not tell.
 *
 * @param cluster sums over all pools in service; null while the pool itself is not one of them
 * @param drive null if its agent cannot grow it
 */
public record PoolFigures(
    long freeBytes,
    long provisionedBytes,
    boolean healthy,
    @Nullable Cluster cluster,
    @Nullable Drive drive) {

  /**
   * The drive below a pool.
   *
   * @param maxBytes size past which its agent does not grow it
   */
  public record Drive(long sizeBytes, long maxBytes) {}

  /** Sums over all pools in service. */
  public record Cluster(long capacityBytes, long usedBytes, long provisionedBytes) {}

  OptionalLong valueOf(Metric metric) {
    return switch (metric) {
      case POOL_AVAILABLE_BYTES -> present(freeBytes);
      case POOL_PROVISIONED_BYTES -> present(provisionedBytes);
      case POOL_HEALTHY -> present(healthy ? 1 : 0);
      case CLUSTER_CAPACITY_BYTES -> present(cluster == null ? -1 : cluster.capacityBytes());
      case CLUSTER_USED_BYTES -> present(cluster == null ? -1 : cluster.usedBytes());
      case CLUSTER_PROVISIONED_BYTES -> present(cluster == null ? -1 : cluster.provisionedBytes());
      case POOL_TOTAL_BYTES,
          POOL_USED_BYTES,
          USED_BYTES,
          CAPACITY_BYTES,
          FS_SIZE_BYTES,
          INODES_TOTAL,
          INODES_USED,
          ALLOCATED_BYTES ->
          OptionalLong.empty();
    };
  }

  private static OptionalLong present(long value) {
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
