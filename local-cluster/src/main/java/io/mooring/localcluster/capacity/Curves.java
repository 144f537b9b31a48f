package io.mooring.localcluster.capacity;

import io.mooring.localcluster.capacity.CapacityResult.Curve;
import io.mooring.localcluster.capacity.CapacityResult.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Thins out what was measured to what a plot can show, and sets the volume's size beside it. */
final class Curves {

  private static final Duration STEP = Duration.ofMillis(500);

  private Curves() {}

  static Curve of(
      VolumeStory story, List<DiskGauge.Sample> samples, long firstBytes, Instant began) {
    List<Point> points = new ArrayList<>();
    Instant next = Instant.MIN;
    long fsBytes = -1;
    for (DiskGauge.Sample sample : samples) {
      boolean grown = sample.use().totalBytes() != fsBytes;
      if (sample.at().isBefore(next) && !grown) {
        continue;
      }
      next = sample.at().plus(STEP);
      fsBytes = sample.use().totalBytes();
      points.add(
          new Point(
              Duration.between(began, sample.at()).toMillis() / 1e3,
              sizeAt(story, firstBytes, sample.at()),
              fsBytes,
              sample.use().usedBytes()));
    }
    return new Curve(story.volume().broker(), points);
  }

  private static long sizeAt(VolumeStory story, long firstBytes, Instant at) {
    return story.expansions().stream()
        .filter(told -> !told.at().isAfter(at))
        .mapToLong(told -> told.value().getSizeBytes())
        .reduce(firstBytes, (_, later) -> later);
  }
}
