package io.mooring.benchmarks.autopilot;

import io.mooring.benchmarks.autopilot.TraceRun.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The same traces under a rule that polls, under Mooring, and under Mooring with its forecast: all
 * with the same threshold, step, maximum and pause between two resizes.
 */
final class TraceComparison {

  static final double TABLE_THRESHOLD = 80;

  private static final List<Double> THRESHOLDS = List.of(60.0, 70.0, 80.0, 85.0, 90.0, 95.0);
  static final double PERCENTAGE = 25;
  private static final long MAX_BYTES = 1L << 40;

  private static final String POLL = "poll each minute";
  private static final String MOORING = "Mooring";
  private static final String FORECAST = "Mooring with forecast";

  /** What one keeper made of all seeds of one kind of trace. */
  record Row(String kind, String keeper, double threshold, Outcome outcome) {}

  private TraceComparison() {}

  static List<String> keepers() {
    return List.of(POLL, MOORING, FORECAST);
  }

  /** One trace under one keeper. */
  interface Trial<T> {
    /**
     * Plays it.
     *
     * @param index of the trace among those of its kind
     */
    Outcome run(T trace, int index, String keeper, double threshold);
  }

  /**
   * Runs all.
   *
   * @param seeds how many traces of each kind
   */
  static List<Row> run(int seeds) {
    return compare(
        seeds,
        UsageTrace::all,
        UsageTrace::kind,
        keepers(),
        (trace, index, keeper, threshold) -> TraceRun.of(trace, keeper(keeper, threshold, index)));
  }

  /**
   * Plays each trace under each keeper with each threshold.
   *
   * @param traces those of a seed, one of each kind
   */
  static <T> List<Row> compare(
      int seeds,
      LongFunction<List<T>> traces,
      Function<T, String> kind,
      List<String> keepers,
      Trial<T> trial) {
    Map<String, List<T>> kinds = new LinkedHashMap<>();
    LongStream.rangeClosed(1, seeds)
        .mapToObj(traces)
        .flatMap(List::stream)
        .forEach(
            trace -> kinds.computeIfAbsent(kind.apply(trace), _ -> new ArrayList<>()).add(trace));
    List<Row> rows = new ArrayList<>();
    kinds.forEach((name, same) -> {
      for (double threshold : THRESHOLDS) {
        for (String keeper : keepers) {
          Outcome sum =
              IntStream.range(0, same.size())
                  .parallel()
                  .mapToObj(i -> trial.run(same.get(i), i, keeper, threshold))
                  .reduce(Outcome.NONE, Outcome::plus);
          rows.add(new Row(name, keeper, threshold, sum));
        }
      }
    });
    return rows;
  }

  private static Keeper keeper(String name, double threshold, int index) {
    int pause = Keeper.Poll.INTERVAL_SECONDS;
    return name.equals(POLL)
        ? new Keeper.Poll(threshold, PERCENTAGE, MAX_BYTES, index * 17 % pause)
        : new Keeper.Mooring(
            BenchRules.keeping(threshold, PERCENTAGE, pause, name.equals(FORECAST)),
            TraceRun.BEGIN_BYTES);
  }
}
