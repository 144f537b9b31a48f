package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.DeleteSnapshots;
import io.mooring.schemas.SnapshotCommand;
import io.mooring.schemas.SnapshotMissed;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.TakeSnapshots;
import io.mooring.schemas.WritesHeld;
import io.mooring.volumemanager.snapshot.SnapshotInput;
import io.mooring.volumemanager.snapshot.SnapshotInput.Said;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;

/**
 * Turns records about snapshot sets into inputs. A value that no writer of ours would produce is an
 * {@link IllegalArgumentException}.
 */
final class SnapshotReader {

  private SnapshotReader() {}

  static SnapshotInput command(SnapshotCommand command, Cause cause) {
    SnapshotInput.Reference reference = reference(command, cause);
    return switch (command.getDetail()) {
      case TakeSnapshots take ->
          new SnapshotInput.Take(
              reference,
              take.getName(),
              take.getVolumeIds().stream().map(VolumeId::new).toList(),
              take.getLabels());
      case DeleteSnapshots _ -> new SnapshotInput.Delete(reference);
      default -> throw unknown(command.getDetail());
    };
  }

  static SnapshotInput.Reference reference(SnapshotCommand command, Cause cause) {
    return new SnapshotInput.Reference(
        cause, command.getIdempotencyKey(), command.getExpiresAt(), command.getRequestedBy());
  }

  static SnapshotInput report(SnapshotReport report, Cause cause) {
    return new SnapshotInput.Report(
        cause,
        new VolumeId(report.getVolumeId()),
        report.getSnapshotId(),
        new NodeId(report.getNodeId()),
        said(report.getDetail()));
  }

  private static Said said(Object detail) {
    return switch (detail) {
      case WritesHeld held -> new Said.Held(held.getEpoch());
      case SnapshotTaken taken ->
          new Said.Taken(
              taken.getEpoch(),
              taken.getSizeBytes(),
              taken.getReplicaIds().stream().map(ReplicaId::new).toList(),
              taken.getHeldMs());
      case SnapshotMissed missed -> new Said.Missed(missed.getCode(), missed.getReason());
      case SnapshotRemoved removed -> new Said.Removed(new ReplicaId(removed.getReplicaId()));
      default -> throw unknown(detail);
    };
  }

  private static IllegalArgumentException unknown(Object detail) {
    return new IllegalArgumentException("unknown detail " + detail.getClass().getSimpleName());
  }
}
