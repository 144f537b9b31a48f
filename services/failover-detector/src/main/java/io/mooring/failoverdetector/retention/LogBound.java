package io.mooring.failoverdetector.retention;

import java.util.List;
import java.util.OptionalLong;

/**
 * How many bytes one log can come to hold, if it is written on as fast as now. It is never too
 * small for data that are read as Kafka keeps them: a segment's worth is added where Kafka deletes
 * whole segments, and what is deleted counts until its file is gone.
 *
 * @param bytesPerSecond how fast it is written
 * @param checkMs interval at which the broker looks for what may be deleted
 * @param expiring how much of it expires within each twelfth of its retention time, as shares; may
 *     end early
 */
record LogBound(
    long sizeBytes,
    double bytesPerSecond,
    TopicRetention retention,
    long checkMs,
    List<Double> expiring) {

  private static final double MILLIS = 1000;

  LogBound {
    expiring = List.copyOf(expiring);
  }

  /** At most so many bytes at any moment of that time from now on. */
  long within(long ms) {
    double most = sizeBytes + written(ms);
    if (retention.limitsBytes()) {
      most = Math.min(most, bySize());
    }
    if (retention.limitsAge()) {
      most = Math.min(most, byAge(ms));
    }
    return rounded(most);
  }

  /** At most so many bytes for ever; empty if there is no limit. */
  OptionalLong ever() {
    if (retention.isNone()) {
      return OptionalLong.empty();
    }
    double most = Double.MAX_VALUE;
    if (retention.limitsBytes()) {
      most = bySize();
    }
    if (retention.limitsAge()) {
      most = Math.min(most, byAge(Long.MAX_VALUE));
    }
    return OptionalLong.of(rounded(most));
  }

  /** By then, in ms, data that are there now have been deleted by age; empty if not known. */
  OptionalLong deletesWithinMs() {
    for (int part = 1; part <= expiring.size(); part++) {
      if (expired(part) > 0) {
        return OptionalLong.of(retention.expiredAfterMs(part) + slackMs());
      }
    }
    return OptionalLong.empty();
  }

  /** Kafka deletes the oldest segment when the limit is reached without it. */
  private double bySize() {
    double afterCheck = (double) retention.bytesMax() + retention.segmentBytes();
    return Math.max(sizeBytes, afterCheck) + written(slackMs());
  }

  /**
   * The most is held at the end of a part, before what expires in it is surely gone. When the
   * retention time is over, all that is there now is.
   */
  private double byAge(long ms) {
    double peak = sizeBytes;
    double gone = 0;
    for (int part = 1; part <= TopicRetention.PARTS; part++) {
      long goneAtMs = retention.expiredAfterMs(part) + slackMs();
      peak = Math.max(peak, sizeBytes - gone + written(Math.min(ms, goneAtMs)));
      if (ms <= goneAtMs) {
        return peak;
      }
      gone = part <= expiring.size() ? Math.max(gone, expired(part)) : gone;
    }
    double lastSegment = Math.min(retention.segmentBytes(), written(retention.segmentMs()));
    return Math.max(peak, written(retention.ageMsMax() + slackMs()) + lastSegment);
  }

  /** The segment in which the oldest record that is kept lies is kept whole. */
  private double expired(int part) {
    return Math.max(0, expiring.get(part - 1) * sizeBytes - retention.segmentBytes());
  }

  private long slackMs() {
    return checkMs + retention.deleteDelayMs();
  }

  private double written(double ms) {
    return bytesPerSecond * ms / MILLIS;
  }

  private static long rounded(double bytes) {
    return (long) Math.ceil(Math.min(bytes, Long.MAX_VALUE / 4.0));
  }
}
