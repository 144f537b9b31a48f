package io.mooring.localcluster.bench;

import io.mooring.localcluster.report.Median;
import java.util.List;

/**
 * From a threshold crossed to a larger file system, many times.
 *
 * @param crossings each of them, in order
 */
record GrowthBenchResult(String machine, String at, List<Crossing> crossings) {

  private static final int HUNDRED = 100;

  /**
   * A threshold that was crossed.
   *
   * @param commandMs from the write that crossed it to the resize command, committed and read
   * @param grownMs from the same write to a larger file system, asked of the file system itself
   */
  record Crossing(String pod, double commandMs, double grownMs) {}

  List<Double> commandMs() {
    return crossings.stream().map(Crossing::commandMs).toList();
  }

  List<Double> grownMs() {
    return crossings.stream().map(Crossing::grownMs).toList();
  }

  static double median(List<Double> values) {
    return Median.of(values);
  }

  /** The value that so many of a hundred do not exceed. */
  static double percentile(List<Double> values, int percent) {
    List<Double> sorted = values.stream().sorted().toList();
    int rank = Math.ceilDiv(percent * sorted.size(), HUNDRED);
    return sorted.get(Math.max(0, rank - 1));
  }
}
