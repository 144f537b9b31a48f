package io.mooring.autopilot.decision;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How large a volume and its file system were measured to be, and since when.
 *
 * @param fsSizeBytes negative if it has never had a file system
 * @param since when the newest growth was first measured
 */
public record Extent(long capacityBytes, long fsSizeBytes, Instant since) {

  /** Measurements that show less, such as late ones, change nothing. */
  static Extent after(@Nullable Extent before, UsageSample sample) {
    if (before == null) {
      return new Extent(sample.capacityBytes(), sample.fsSizeBytes(), sample.at());
    }
    if (sample.capacityBytes() <= before.capacityBytes()
        && sample.fsSizeBytes() <= before.fsSizeBytes()) {
      return before;
    }
    return new Extent(
        Math.max(before.capacityBytes(), sample.capacityBytes()),
        Math.max(before.fsSizeBytes(), sample.fsSizeBytes()),
        sample.at());
  }
}
