package io.mooring.volumemanager.csi;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.volume.Rejection;

/** Which gRPC status the CSI specification wants for which refusal. */
final class CsiStatus {

  private CsiStatus() {}

  static StatusRuntimeException rejected(CommandOutcome.Rejected rejected) {
    return of(status(rejected.rejection().code()), rejected.rejection());
  }

  /** It may still happen; orchestrators repeat the call, which is safe. */
  static StatusRuntimeException unknown(CommandOutcome.Unknown unknown) {
    return of(Status.DEADLINE_EXCEEDED, unknown.reason());
  }

  static StatusRuntimeException of(Status status, Rejection rejection) {
    return status.withDescription(rejection.toString()).asRuntimeException();
  }

  private static Status status(String code) {
    return switch (code) {
      case "VOL-010", "VOL-011", "VOL-012", "VOL-075" -> Status.OUT_OF_RANGE;
      case "VOL-013", "VOL-014", "VOL-015", "VOL-016", "SNP-007" -> Status.RESOURCE_EXHAUSTED;
      case "VOL-020", "VOL-022", "SNP-010" -> Status.ALREADY_EXISTS;
      case "VOL-030",
          "VOL-031",
          "VOL-037",
          "VOL-038",
          "VOL-039",
          "VOL-071",
          "VOL-072",
          "VOL-077",
          "SNP-008",
          "SNP-012" ->
          Status.FAILED_PRECONDITION;
      case "VOL-032", "VOL-033", "VOL-070", "VOL-090", "SNP-005", "SNP-006", "SNP-011", "SNP-090" ->
          Status.ABORTED;
      case "VOL-034", "VOL-035", "VOL-074" -> Status.UNAVAILABLE;
      case "VOL-036", "VOL-040", "VOL-073", "SNP-004", "SNP-013" -> Status.NOT_FOUND;
      default -> Status.INVALID_ARGUMENT;
    };
  }
}
