package io.mooring.volumeagent.heads;

import io.mooring.schemas.HeadAttached;
import io.mooring.schemas.HeadDetached;
import io.mooring.schemas.HeadFenced;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.ReplicaCaughtUp;
import io.mooring.schemas.ReplicaLost;
import io.mooring.storage.engine.Attachment;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import io.mooring.volumeagent.volumes.VolumeReports;
import java.time.Duration;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** What heads tell volume-manager, each report on the basis of what the head has acted on. */
public final class HeadReports {

  private final VolumeDirectory directory;
  private final VolumeReports reports;

  public HeadReports(VolumeDirectory directory, VolumeReports reports) {
    this.directory = directory;
    this.reports = reports;
  }

  void serving(VolumeHead head, Duration opened) {
    report(head, new HeadServing(opened.toMillis()));
  }

  void attached(VolumeHead head, Attachment device) {
    report(head, new HeadAttached(device.device().toString(), device.route()));
  }

  void detached(VolumeHead head) {
    report(head, new HeadDetached());
  }

  /**
   * The epoch that fenced the head is the newest one that is known; the state with it may still be
   * on its way.
   */
  void fenced(VolumeHead head) {
    long own = head.promise().epoch().value();
    long known = known(head).map(volume -> volume.state().getEpoch()).orElse(own);
    report(head, new HeadFenced(Math.max(own, known)));
  }

  void lost(VolumeHead head, ReplicaId replica, Generation seen, LossReason reason, String detail) {
    report(head, seen.value(), new ReplicaLost(replica.value(), reason + ": " + detail));
  }

  void caughtUp(
      VolumeHead head,
      ReplicaId replica,
      Generation seen,
      ResyncStatistics statistics,
      long heldBytes) {
    report(
        head,
        seen.value(),
        new ReplicaCaughtUp(
            replica.value(),
            statistics.bytesCopied(),
            statistics.bytesCompared(),
            heldBytes,
            Duration.ofNanos(statistics.elapsedNanos()).toMillis()));
  }

  private void report(VolumeHead head, SpecificRecord detail) {
    report(head, known(head).map(volume -> volume.state().getGeneration()).orElse(0L), detail);
  }

  private void report(VolumeHead head, long generation, SpecificRecord detail) {
    reports.report(
        head.volume().value(),
        new VolumeReports.Basis(head.promise().epoch().value(), generation),
        detail,
        known(head).map(KnownVolume::headers).orElse(null));
  }

  private Optional<KnownVolume> known(VolumeHead head) {
    return directory.find(head.volume().value());
  }
}
