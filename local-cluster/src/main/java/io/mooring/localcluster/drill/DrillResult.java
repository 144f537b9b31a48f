package io.mooring.localcluster.drill;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import java.util.List;

/**
 * What a drill has shown; written as JSON as it is.
 *
 * @param held whether every check held
 * @param seed seed of the plan
 * @param faults what was done and how long it took to be whole again
 * @param falseFailovers nodes judged dead that were not
 * @param missedFailovers nodes that were dead or cut off and not judged so
 */
record DrillResult(
    boolean held,
    long seed,
    List<Round> faults,
    int falseFailovers,
    int missedFailovers,
    LedgerVerdict ledger,
    List<Check> checks) {

  /**
   * One fault.
   *
   * @param detectedMs fault to NodeDown, -1 if there was none
   * @param wholeMs fault to everything in sync again, -1 if that was not reached
   */
  record Round(String kind, String node, long lengthMs, long detectedMs, long wholeMs) {}
}
