package io.mooring.localcluster.demo;

import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Step;
import java.util.List;

/**
 * Everything the demonstration has seen; written as JSON as it is.
 *
 * @param held whether every check held
 * @param startedAt ISO 8601
 * @param machine processors and memory
 * @param lostRecords acknowledged records that could not be read back
 * @param clientsServedAgainMs node death to live leaders for all partitions
 * @param brokerServingMs node death to the broker serving on another node
 * @param redundancyRestoredMs node death to full in-sync replicas everywhere
 * @param bytesCopiedForTheMove bytes that were copied before the broker served again
 * @param resync what the returned node had to be given, against what it held
 * @param ledger the audit
 * @param steps the incident
 * @param killedAtSecond moment of death on the clock of {@code load}
 * @param load acknowledgements over time
 * @param checks all checks
 */
record DemoResult(
    boolean held,
    String startedAt,
    String machine,
    long lostRecords,
    double clientsServedAgainMs,
    double brokerServingMs,
    double redundancyRestoredMs,
    long bytesCopiedForTheMove,
    Resync resync,
    LedgerVerdict ledger,
    List<Step> steps,
    double killedAtSecond,
    List<AckTimes.Bucket> load,
    List<Check> checks) {

  /** Sum over the volumes with a replica on the node that came back. */
  record Resync(int volumes, long bytesCopied, long bytesHeld, double elapsedMs) {}
}
