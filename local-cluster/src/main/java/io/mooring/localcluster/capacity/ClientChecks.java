package io.mooring.localcluster.capacity;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.orchestrator.PodStep;
import io.mooring.localcluster.report.Check;
import java.util.List;

/** What those who use the brokers must not have noticed. */
final class ClientChecks {

  private ClientChecks() {}

  static List<Check> of(List<PodStatus> pods, LedgerVerdict ledger, long failedSends) {
    List<PodStatus> unwell =
        pods.stream().filter(pod -> pod.restarts() > 0 || pod.step() != PodStep.READY).toList();
    return List.of(
        new Check(
            "producerErrors",
            failedSends == 0,
            "%,d failed sends, %,d acknowledged".formatted(failedSends, ledger.acknowledged())),
        new Check(
            "recordsIntact",
            ledger.isClean() && ledger.acknowledged() > 0,
            "%,d lost, %,d corrupt, %,d duplicates, %,d out of order"
                .formatted(
                    ledger.lost(), ledger.corrupt(), ledger.duplicates(), ledger.reordered())),
        new Check(
            "brokersNeverStopped",
            unwell.isEmpty(),
            "pods that were restarted or are not ready: %s".formatted(unwell)));
  }
}
