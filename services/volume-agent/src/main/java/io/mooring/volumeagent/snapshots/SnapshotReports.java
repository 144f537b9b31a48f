package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotReport;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What this node says about the snapshots of sets; each report goes with the set's record (I10).
 */
public final class SnapshotReports {

  private final String nodeId;
  private final Sender sender;

  /** Sends what must arrive. */
  @FunctionalInterface
  public interface Sender {
    /**
     * @param cause headers of the set's record, null if it carried none
     */
    void report(SnapshotReport report, @Nullable EventHeaders cause);
  }

  public SnapshotReports(String nodeId, Sender sender) {
    this.nodeId = nodeId;
    this.sender = sender;
  }

  void report(KnownSet set, SnapshotMember member, SpecificRecord detail) {
    sender.report(
        SnapshotReport.newBuilder()
            .setSetId(set.setId())
            .setVolumeId(member.getVolumeId())
            .setSnapshotId(member.getSnapshotId())
            .setNodeId(nodeId)
            .setAt(Instant.now())
            .setDetail(detail)
            .build(),
        set.headers());
  }
}
