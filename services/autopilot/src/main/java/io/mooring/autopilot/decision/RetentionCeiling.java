package io.mooring.autopilot.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the file system of a volume can come to hold, because Kafka deletes by itself what its
 * topics' retention does not keep.
 *
 * @param at when the broker was asked
 * @param otherBytes used bytes that are not in its logs
 * @param inflowBytesPerSecond how fast the logs were written then
 * @param steps in ascending order, what the logs hold at most within a time if they are written on
 *     as fast
 */
public record RetentionCeiling(
    Instant at, long otherBytes, double inflowBytesPerSecond, List<Step> steps) {

  /** A ceiling is not known for longer: broker, detector or control topics may be away. */
  public static final Duration AGE_MAX = Duration.ofMinutes(5);

  /** Records differ in size, so what expires is not known to the byte. */
  static final double MARGIN = 1.05;

  private static final double MILLIS = 1000;

  /** At most so many bytes in the logs at any moment within a time. */
  public record Step(Duration within, long logBytesMax) {}

  public RetentionCeiling {
    steps = List.copyOf(steps);
  }

  /**
   * At most so many used bytes at any moment of a span that begins now; empty if that is not known.
   * What is written faster than when the broker was asked comes on top of it.
   *
   * @param growth observed growth of the volume in bytes a second
   */
  OptionalDouble usedMax(Instant now, Duration span, double growth) {
    Duration age = Duration.between(at, now);
    if (age.abs().compareTo(AGE_MAX) > 0) {
      return OptionalDouble.empty();
    }
    Duration needed = age.isNegative() ? span : span.plus(age);
    double faster = Math.max(0, growth - inflowBytesPerSecond);
    for (Step step : steps) {
      if (step.within().compareTo(needed) >= 0) {
        return OptionalDouble.of(
            MARGIN * (otherBytes + (double) step.logBytesMax())
                + faster * needed.toMillis() / MILLIS);
      }
    }
    return OptionalDouble.empty();
  }
}
