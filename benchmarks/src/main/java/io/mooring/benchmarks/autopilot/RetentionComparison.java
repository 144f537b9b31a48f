package io.mooring.benchmarks.autopilot;

import io.mooring.benchmarks.autopilot.TraceComparison.Row;
import io.mooring.benchmarks.autopilot.TraceRun.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Mooring, with its forecast, and with a forecast that knows what Kafka keeps, where a volume may
 * be resized every six hours only, as with the disks of some clouds.
 */
final class RetentionComparison {

  static final int PAUSE_SECONDS = 6 * 3600;

  private static final List<Double> THRESHOLDS = List.of(60.0, 70.0, 80.0, 85.0, 90.0, 95.0);
  private static final double PERCENTAGE = 25;
  private static final String PLAIN = "Mooring";
  private static final String FORECAST = "with forecast";
  private static final String RETENTION = "with forecast and retention";

  private RetentionComparison() {}

  static List<String> keepers() {
    return List.of(PLAIN, FORECAST, RETENTION);
  }

  /**
   * Runs all.
   *
   * @param seeds how many traces of each kind
   */
  static List<Row> run(int seeds) {
    Map<String, List<KeptTrace>> kinds = new LinkedHashMap<>();
    LongStream.rangeClosed(1, seeds)
        .mapToObj(KeptTrace::all)
        .flatMap(List::stream)
        .forEach(trace ->
            kinds.computeIfAbsent(trace.usage().kind(), _ -> new ArrayList<>()).add(trace));
    List<Row> rows = new ArrayList<>();
    kinds.forEach((kind, traces) -> {
      for (double threshold : THRESHOLDS) {
        for (String keeper : keepers()) {
          Outcome sum =
              IntStream.range(0, traces.size())
                  .parallel()
                  .mapToObj(i -> run(traces.get(i), keeper, threshold))
                  .reduce(Outcome.NONE, Outcome::plus);
          rows.add(new Row(kind, keeper, threshold, sum));
        }
      }
    });
    return rows;
  }

  static Outcome run(KeptTrace trace, String keeper, double threshold) {
    Keeper mooring =
        new Keeper.Mooring(
            BenchRules.keeping(threshold, PERCENTAGE, PAUSE_SECONDS, !keeper.equals(PLAIN)),
            TraceRun.BEGIN_BYTES,
            keeper.equals(RETENTION) ? trace : null);
    return TraceRun.of(trace.usage(), mooring);
  }
}
