package io.mooring.localcluster.capacity;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.orchestrator.PodStatus;
import java.time.Instant;
import java.util.List;

/**
 * What was seen.
 *
 * @param began start of the story's clock
 * @param volumes the brokers' volumes
 * @param pods all pods at the end
 * @param ledger the audit
 * @param failedSends sends whose producer saw an error
 * @param heldBackSeconds how long producers had to wait because a volume was almost full
 */
record CapacityEvidence(
    Instant began,
    List<Seen> volumes,
    List<PodStatus> pods,
    LedgerVerdict ledger,
    long failedSends,
    double heldBackSeconds) {

  /**
   * A volume, from all sides.
   *
   * @param story what the control topics tell
   * @param samples what its file system told
   * @param finalBytes its size in the catalogue at the end
   */
  record Seen(VolumeStory story, List<DiskGauge.Sample> samples, long finalBytes) {}
}
