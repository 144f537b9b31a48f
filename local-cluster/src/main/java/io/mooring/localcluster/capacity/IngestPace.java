package io.mooring.localcluster.capacity;

import io.mooring.localcluster.DiskUse;
import java.time.Duration;

/**
 * How fast a broker may be filled. Sizes are scaled down and time is not: at the paper's sizes the
 * room above the threshold lasts for minutes at any speed, at these it would be gone before anybody
 * could have measured it. So ingest is fast on the way to a threshold, and near it so fast that the
 * room above lasts for a while.
 *
 * @param fastBytesPerSecond growth of a broker far from the threshold
 * @param roomLasts how long the room above the threshold is to last; zero if no heed is to be taken
 */
record IngestPace(double fastBytesPerSecond, Duration roomLasts) {

  /** Slow from here on: the threshold is near. */
  private static final double NEAR = 0.77;

  /** A file system with less than this share free gets nothing more: a full disk ends a broker. */
  private static final double FREE_SHARE_MIN = 0.015;

  /** The same speed at all times, whatever comes of it. */
  static IngestPace heedless(double bytesPerSecond) {
    return new IngestPace(bytesPerSecond, Duration.ZERO);
  }

  /** Growth that a broker may have in bytes per second; 0 if it has to wait. */
  double bytesPerSecond(long volumeBytes, DiskUse use) {
    if (isAlmostFull(use)) {
      return 0;
    }
    if (roomLasts.isZero() || use.usedBytes() < NEAR * volumeBytes) {
      return fastBytesPerSecond;
    }
    double threshold = volumeBytes * PaperRow.THRESHOLD_PERCENT / 100.0;
    double room = use.totalBytes() * (1 - FREE_SHARE_MIN) - threshold;
    return Math.min(fastBytesPerSecond, room / roomLasts.toSeconds());
  }

  static boolean isAlmostFull(DiskUse use) {
    return use.freeBytes() < use.totalBytes() * FREE_SHARE_MIN;
  }
}
