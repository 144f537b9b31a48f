package io.mooring.autopilot.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How a volume filled lately, in few points: one is added when usage has changed by a part of the
 * capacity, so a quiet volume costs nothing and a fast one is seen in detail.
 */
public record GrowthTrack(List<Point> points) {

  /** Nothing observed yet. */
  public static final GrowthTrack EMPTY = new GrowthTrack(List.of());

  private static final int POINTS_MAX = 16;
  private static final long PARTS_OF_CAPACITY = 256;
  private static final Duration SPAN_MAX = Duration.ofMinutes(10);

  /** Within a shorter time one measurement's chance would be taken for growth. */
  private static final Duration SPAN_MIN = Duration.ofSeconds(5);

  /** Usage at a moment. */
  public record Point(Instant at, long usedBytes) {}

  public GrowthTrack {
    points = List.copyOf(points);
  }

  GrowthTrack observe(UsageSample sample) {
    if (!sample.hasFileSystem()) {
      return this;
    }
    if (!points.isEmpty()) {
      Point last = points.getLast();
      long change = Math.abs(sample.fsUsedBytes() - last.usedBytes());
      if (!sample.at().isAfter(last.at())
          || change < Math.max(1, sample.capacityBytes() / PARTS_OF_CAPACITY)) {
        return this;
      }
    }
    List<Point> kept = new ArrayList<>(points);
    kept.add(new Point(sample.at(), sample.fsUsedBytes()));
    if (kept.size() > POINTS_MAX) {
      kept.removeFirst();
    }
    return new GrowthTrack(kept);
  }

  /**
   * The fastest growth from any recent point until now: a burst counts at once, and fades when it
   * is over. Zero if the volume does not grow.
   */
  double bytesPerSecond(UsageSample now) {
    double fastest = 0;
    for (Point point : points) {
      Duration span = Duration.between(point.at(), now.at());
      if (span.compareTo(SPAN_MIN) >= 0 && span.compareTo(SPAN_MAX) <= 0) {
        double seconds = span.toMillis() / 1000.0;
        fastest = Math.max(fastest, (now.fsUsedBytes() - point.usedBytes()) / seconds);
      }
    }
    return fastest;
  }
}
