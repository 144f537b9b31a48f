package io.mooring.failoverdetector.retention;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast a log is written, from the sizes that it was seen to have. When Kafka deletes in
 * between, the log seems to be written more slowly, so several readings are remembered.
 *
 * @param seen rates of the last readings, in bytes a second
 * @param now rate at the last reading at which the log had not shrunk
 */
record WriteRate(List<Double> seen, double now) {

  static final WriteRate UNKNOWN = new WriteRate(List.of(), 0);

  /** More than brokers let pass, by default, between two looks for what may be deleted. */
  private static final int SEEN_MAX = 6;

  WriteRate {
    seen = List.copyOf(seen);
  }

  WriteRate and(double bytesPerSecond) {
    List<Double> next = new ArrayList<>(seen);
    next.add(Math.max(0, bytesPerSecond));
    if (next.size() > SEEN_MAX) {
      next.removeFirst();
    }
    return new WriteRate(next, bytesPerSecond < 0 ? now : bytesPerSecond);
  }

  /** The fastest lately. */
  double most() {
    return seen.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }
}
