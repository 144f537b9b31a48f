package io.mooring.benchmarks.autopilot;

import io.mooring.benchmarks.autopilot.TraceRun.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The same traces under a rule that polls, under Mooring, and under Mooring with its forecast: all
 * with the same threshold, step, maximum and pause between two resizes.
 */
final class TraceComparison {

  static final double TABLE_THRESHOLD = 80;

  private static final List<Double> THRESHOLDS = List.of(60.0, 70.0, 80.0, 85.0, 90.0, 95.0);
  private static final double PERCENTAGE = 25;
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

  /**
   * Runs all.
   *
   * @param seeds how many traces of each kind
   */
  static List<Row> run(int seeds) {
    Map<String, List<UsageTrace>> kinds = new LinkedHashMap<>();
    LongStream.rangeClosed(1, seeds)
        .mapToObj(UsageTrace::all)
        .flatMap(List::stream)
        .forEach(trace -> kinds.computeIfAbsent(trace.kind(), _ -> new ArrayList<>()).add(trace));
    List<Row> rows = new ArrayList<>();
    kinds.forEach((kind, traces) -> {
      for (double threshold : THRESHOLDS) {
        for (String keeper : keepers()) {
          Outcome sum =
              IntStream.range(0, traces.size())
                  .parallel()
                  .mapToObj(i -> TraceRun.of(traces.get(i), keeper(keeper, threshold, i)))
                  .reduce(Outcome.NONE, Outcome::plus);
          rows.add(new Row(kind, keeper, threshold, sum));
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
