package io.mooring.autopilot.decision;

import io.mooring.autopilot.expression.Metric;
import io.mooring.autopilot.expression.MetricValues;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * One measurement of a volume. A negative number stands for what the volume does not have, such as
 * a file system.
 *
 * @param at when it was measured, by the clock of the volume's node
 */
public record UsageSample(
    Instant at,
    long capacityBytes,
    long fsSizeBytes,
    long fsUsedBytes,
    long inodesTotal,
    long inodesUsed,
    long allocatedBytes)
    implements MetricValues {

  @Override
  public OptionalLong valueOf(Metric metric) {
    return switch (metric) {
      case USED_BYTES -> present(fsUsedBytes);
      case CAPACITY_BYTES -> present(capacityBytes);
      case FS_SIZE_BYTES -> present(fsSizeBytes);
      case INODES_TOTAL -> present(inodesTotal);
      case INODES_USED -> present(inodesUsed);
      case ALLOCATED_BYTES -> present(allocatedBytes);
      case POOL_TOTAL_BYTES, POOL_AVAILABLE_BYTES, POOL_USED_BYTES, POOL_PROVISIONED_BYTES ->
          OptionalLong.empty();
    };
  }

  /** Whether a file system is mounted and was measured. */
  public boolean hasFileSystem() {
    return fsSizeBytes >= 0 && fsUsedBytes >= 0;
  }

  private static OptionalLong present(long value) {
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
