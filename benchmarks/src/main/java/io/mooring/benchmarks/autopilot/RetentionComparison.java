package io.mooring.benchmarks.autopilot;

import io.mooring.benchmarks.autopilot.TraceComparison.Row;
import io.mooring.benchmarks.autopilot.TraceRun.Outcome;
import java.util.List;

/**
 * Mooring, with its forecast, and with a forecast that knows what Kafka keeps, where a volume may
 * be resized every six hours only, as with the disks of some clouds.
 */
final class RetentionComparison {

  static final int PAUSE_SECONDS = 6 * 3600;

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
    return TraceComparison.compare(
        seeds,
        KeptTrace::all,
        trace -> trace.usage().kind(),
        keepers(),
        (trace, _, keeper, threshold) -> run(trace, keeper, threshold));
  }

  static Outcome run(KeptTrace trace, String keeper, double threshold) {
    Keeper mooring =
        new Keeper.Mooring(
            BenchRules.keeping(
                threshold, TraceComparison.PERCENTAGE, PAUSE_SECONDS, !keeper.equals(PLAIN)),
            TraceRun.BEGIN_BYTES,
            keeper.equals(RETENTION) ? trace : null);
    return TraceRun.of(trace.usage(), mooring);
  }
}
