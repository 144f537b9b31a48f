package io.mooring.autopilot.decision;

import io.mooring.autopilot.expression.Metric;
import io.mooring.autopilot.expression.MetricValues;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a volume or pool. A negative number stands for what the object does not have,
 * such as a file system.
 *
 * @param at when it was measured, by the clock of the object's node
 * @param capacityBytes logical size of the volume, or capacity of the pool
 * @param allocatedBytes what the local replica takes in its pool, or all replicas of the pool
 * @param pool what else there is to say of a pool; null for a volume
 */
public record UsageSample(
    Instant at,
    long capacityBytes,
    long fsSizeBytes,
    long fsUsedBytes,
    long inodesTotal,
    long inodesUsed,
    long allocatedBytes,
    @Nullable PoolFigures pool)
    implements MetricValues {

  private static final long NONE = -1;

  /** A measurement of a volume. */
  public UsageSample(
      Instant at,
      long capacityBytes,
      long fsSizeBytes,
      long fsUsedBytes,
      long inodesTotal,
      long inodesUsed,
      long allocatedBytes) {
    this(
        at, capacityBytes, fsSizeBytes, fsUsedBytes, inodesTotal, inodesUsed, allocatedBytes, null);
  }

  /** A measurement of a pool. */
  public static UsageSample ofPool(
      Instant at, long capacityBytes, long usedBytes, PoolFigures pool) {
    return new UsageSample(at, capacityBytes, NONE, NONE, NONE, NONE, usedBytes, pool);
  }

  @Override
  public OptionalLong valueOf(Metric metric) {
    return pool == null ? ofVolume(metric) : ofPool(metric, pool);
  }

  private OptionalLong ofVolume(Metric metric) {
    return switch (metric) {
      case USED_BYTES -> present(fsUsedBytes);
      case CAPACITY_BYTES -> present(capacityBytes);
      case FS_SIZE_BYTES -> present(fsSizeBytes);
      case INODES_TOTAL -> present(inodesTotal);
      case INODES_USED -> present(inodesUsed);
      case ALLOCATED_BYTES -> present(allocatedBytes);
      case POOL_TOTAL_BYTES,
          POOL_AVAILABLE_BYTES,
          POOL_USED_BYTES,
          POOL_PROVISIONED_BYTES,
          POOL_HEALTHY,
          CLUSTER_CAPACITY_BYTES,
          CLUSTER_USED_BYTES,
          CLUSTER_PROVISIONED_BYTES ->
          OptionalLong.empty();
    };
  }

  private OptionalLong ofPool(Metric metric, PoolFigures figures) {
    return switch (metric) {
      case POOL_TOTAL_BYTES -> present(capacityBytes);
      case POOL_USED_BYTES -> present(allocatedBytes);
      case POOL_AVAILABLE_BYTES,
          POOL_PROVISIONED_BYTES,
          POOL_HEALTHY,
          CLUSTER_CAPACITY_BYTES,
          CLUSTER_USED_BYTES,
          CLUSTER_PROVISIONED_BYTES,
          USED_BYTES,
          CAPACITY_BYTES,
          FS_SIZE_BYTES,
          INODES_TOTAL,
          INODES_USED,
          ALLOCATED_BYTES ->
          figures.valueOf(metric);
    };
  }

  /** Whether a file system is mounted and was measured. */
  public boolean hasFileSystem() {
    return fsSizeBytes >= 0 && fsUsedBytes >= 0;
  }

  /** Size of the volume, or of the drive below the pool, as far as it is known. */
  long sizeBytes() {
    PoolFigures.Drive drive = pool == null ? null : pool.drive();
    return drive == null ? capacityBytes : drive.sizeBytes();
  }

  /** Size of the file system on the volume, or on the pool's drive. */
  long fileSystemBytes() {
    return pool == null ? fsSizeBytes : capacityBytes;
  }

  private static OptionalLong present(long value) {
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
