package io.mooring.benchmarks.volume;

import io.mooring.localcluster.report.Median;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One figure of several contenders, more is better. In every round each of them had its turn, so
 * contenders are compared within rounds: what else the machine did then hit all of them alike.
 *
 * @param runs one value per round, by contender
 */
record Measurement(String title, String unit, Map<String, List<Double>> runs) {

  static Measurement of(String title, String unit) {
    return new Measurement(title, unit, new LinkedHashMap<>());
  }

  void add(String contender, double value) {
    runs.computeIfAbsent(contender, _ -> new ArrayList<>()).add(value);
  }

  double median(String contender) {
    return Median.of(runs.get(contender));
  }

  /** Median over the rounds of what one contender reached for each unit of the other. */
  double ratio(String contender, String other) {
    List<Double> mine = runs.get(contender);
    List<Double> others = runs.get(other);
    return Median.of(
        IntStream.range(0, mine.size()).mapToObj(i -> mine.get(i) / others.get(i)).toList());
  }
}
