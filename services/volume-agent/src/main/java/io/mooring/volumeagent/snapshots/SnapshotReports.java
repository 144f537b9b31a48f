package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotReport;
import io.mooring.volumeagent.control.ReportSender;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * What this node says about the snapshots of sets; each report goes with the set's record (I10).
 */
final class SnapshotReports {

  private final String nodeId;
  private final ReportSender sender;

  SnapshotReports(String nodeId, ReportSender sender) {
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
