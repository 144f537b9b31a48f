package io.mooring.benchmarks.volume;

import java.util.List;
import java.util.Map;

/**
 * What the benchmark measured; written as JSON as it is.
 *
 * @param nbd fio's figures; empty if this part was not asked for
 * @param ingest Kafka's; empty if this part was not asked for
 * @param cpuSecondsPerGb what a GB (10^9 bytes) of ingest cost, by place and process
 */
record VolumeBenchResult(
    String machine,
    String at,
    int rounds,
    List<Measurement> nbd,
    List<Measurement> ingest,
    Map<String, Map<String, Double>> cpuSecondsPerGb) {}
