package io.mooring.localcluster.report;

import java.util.List;

/** The middle of what was measured: one bad run does not move it. */
public final class Median {

  private Median() {}

  /** Of an even number of values, the mean of the two in the middle. */
  public static double of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }
}
