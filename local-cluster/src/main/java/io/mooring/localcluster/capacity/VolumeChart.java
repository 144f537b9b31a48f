package io.mooring.localcluster.capacity;

import io.mooring.localcluster.capacity.CapacityResult.Curve;
import io.mooring.localcluster.capacity.CapacityResult.Point;
import io.mooring.localcluster.report.Chart;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Use and size of a volume over time, with the decisions about it. */
final class VolumeChart {

  private static final double MIB = 1 << 20;

  private VolumeChart() {}

  static Chart of(String title, Curve curve, Map<String, Double> marks) {
    double threshold = PaperRow.THRESHOLD_PERCENT / 100.0;
    return Chart.lines(
        title,
        "seconds",
        "MiB",
        List.of(
            series("used", curve, Point::usedBytes),
            series("volume", curve, Point::volumeBytes),
            series("threshold", curve, point -> point.volumeBytes() * threshold),
            series("file system", curve, Point::fsBytes)),
        marks);
  }

  private static Chart.Series series(String name, Curve curve, ToDoubleFunction<Point> bytes) {
    return new Chart.Series(
        name,
        curve.points().stream()
            .map(point -> new double[] {point.second(), bytes.applyAsDouble(point) / MIB})
            .toList());
  }
}
