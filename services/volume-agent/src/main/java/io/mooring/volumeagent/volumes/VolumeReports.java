package io.mooring.volumeagent.volumes;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumeReport;
import io.mooring.volumeagent.control.ReportSender;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Tells volume-manager what happened to a volume on this node. A report carries on the correlation
 * of the state that led to it (I10).
 */
public final class VolumeReports {

  /** Epoch and generation on which a report is based. */
  public record Basis(long epoch, long generation) {}

  private final String nodeId;
  private final ReportSender sender;

  public VolumeReports(String nodeId, ReportSender sender) {
    this.nodeId = nodeId;
    this.sender = sender;
  }

  /** Reports on the basis of a state. */
  public void report(KnownVolume basis, SpecificRecord detail) {
    report(
        basis.state().getVolumeId(),
        new Basis(basis.state().getEpoch(), basis.state().getGeneration()),
        detail,
        basis.headers());
  }

  /**
   * Reports on the basis of what a head or replica knows.
   *
   * @param cause attributes of the state that led here, null if none is known
   */
  public void report(
      String volumeId, Basis basis, SpecificRecord detail, @Nullable EventHeaders cause) {
    sender.report(
        VolumeReport.newBuilder()
            .setVolumeId(volumeId)
            .setNodeId(nodeId)
            .setEpoch(basis.epoch())
            .setGeneration(basis.generation())
            .setAt(Instant.now())
            .setDetail(detail)
            .build(),
        cause);
  }
}
