package io.mooring.localcluster.bench;

import java.util.List;
import java.util.Map;

/**
 * What the benchmark measured; written as JSON as it is.
 *
 * @param sizesGb data per broker, in GB (10^9 bytes)
 * @param reattach one measurement per kill
 * @param reassignment one measurement per size
 * @param reattachLine seconds to serving over GB per broker
 * @param reassignmentLine seconds to in-sync over GB per broker
 * @param stepMedianMs median duration of each step of the failover
 */
record FailoverBenchResult(
    String machine,
    List<Double> sizesGb,
    List<Reattach> reattach,
    List<Copy> reassignment,
    Line reattachLine,
    Line reassignmentLine,
    Map<String, Double> stepMedianMs) {

  /** Times in milliseconds after the death of the node. */
  record Reattach(double gbPerBroker, double detectedMs, double servingMs, double isrFullMs) {}

  /** Kafka's reassignment of everything that one broker holds. */
  record Copy(double gbPerBroker, double seconds) {}
}
