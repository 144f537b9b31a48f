package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.UsageSample;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a volume went through, by its measurements. */
final class Tally {

  /** With less of it free a file system counts as full: the next write may not fit. */
  private static final double FULL = 0.999;

  private static final double MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();

  private @Nullable Instant lastAt;
  private long capacityBytes;
  private boolean full;
  private double highestFill;
  private int fullMoments;
  private long fullMillis;
  private double byteHours;

  void measured(UsageSample sample) {
    if (lastAt != null) {
      long millis = Duration.between(lastAt, sample.at()).toMillis();
      if (millis <= 0) {
        return;
      }
      byteHours += capacityBytes * (millis / MILLIS_PER_HOUR);
      fullMillis += full ? millis : 0;
    }
    lastAt = sample.at();
    capacityBytes = sample.capacityBytes();
    double fill =
        sample.hasFileSystem() && sample.fsSizeBytes() > 0
            ? sample.fsUsedBytes() / (double) sample.fsSizeBytes()
            : 0;
    highestFill = Math.max(highestFill, fill);
    fullMoments += fill >= FULL && !full ? 1 : 0;
    full = fill >= FULL;
  }

  long capacityBytes() {
    return capacityBytes;
  }

  double highestFillPercent() {
    return Math.round(highestFill * 10_000) / 100.0;
  }

  /** How often it became full. */
  int fullMoments() {
    return fullMoments;
  }

  long fullSeconds() {
    return Duration.ofMillis(fullMillis).toSeconds();
  }

  /** Capacity over time. */
  double byteHours() {
    return byteHours;
  }
}
