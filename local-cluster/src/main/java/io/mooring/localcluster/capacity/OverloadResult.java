package io.mooring.localcluster.capacity;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import java.util.List;

/**
 * What came of ingest that is too fast for the cool-down; written as JSON as it is. Seconds are
 * those of the story, and NaN for what never happened.
 *
 * @param held whether every check held
 * @param startedAt ISO 8601
 * @param machine processors and memory
 * @param rules the rules as they were in use
 * @param bytesPerSecond growth of each broker
 * @param volumes what happened to each
 * @param ledger the audit
 * @param checks all checks
 * @param brokers curves of each broker
 */
record OverloadResult(
    boolean held,
    String startedAt,
    String machine,
    String rules,
    double bytesPerSecond,
    List<Overloaded> volumes,
    LedgerVerdict ledger,
    List<Check> checks,
    List<CapacityResult.Curve> brokers) {

  /**
   * A volume.
   *
   * @param forecast whether its rule looks ahead
   * @param sizesBytes sizes that it was given, in order
   * @param resizedSecond when it was resized first
   * @param warnedSecond when it was told that it will be full
   * @param predictedSecond when it would be full, as it was told
   * @param permittedSecond when the next resize was permitted
   * @param heldSecond when its producers had to wait, because it was almost full
   */
  record Overloaded(
      int broker,
      boolean forecast,
      List<Long> sizesBytes,
      double resizedSecond,
      double warnedSecond,
      double predictedSecond,
      double permittedSecond,
      double heldSecond) {}
}
