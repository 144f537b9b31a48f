package io.mooring.benchmarks.autopilot;

import java.util.List;

/**
 * What the benchmark measured; written as JSON as it is. A part that was not asked for is empty.
 *
 * @param seeds traces of each kind
 */
record AutopilotBenchResult(
    String machine,
    String at,
    int seeds,
    List<TraceComparison.Row> traces,
    List<TraceComparison.Row> retention,
    List<CoreRate.Result> core,
    List<StreamRate.Result> stream) {}
