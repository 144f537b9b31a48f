package io.mooring.benchmarks.autopilot;

import java.util.List;

/**
 * What the benchmark measured; written as JSON as it is. A part that was not asked for is empty.
 *
 * @param seeds traces of each kind
 * @param reactionMillis from a measurement above the threshold to the command
 */
record AutopilotBenchResult(
    String machine,
    String at,
    int seeds,
    List<TraceComparison.Row> traces,
    List<CoreRate.Result> core,
    List<ServiceRate.Result> service,
    List<Double> reactionMillis) {}
