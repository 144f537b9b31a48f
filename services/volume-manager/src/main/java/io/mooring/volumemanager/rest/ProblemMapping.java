package io.mooring.volumemanager.rest;

import io.mooring.volumemanager.catalogue.NotReadyException;
import io.mooring.volumemanager.catalogue.SnapshotDescription;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.snapshot.SnapshotRefusals;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Which HTTP status says what. */
final class ProblemMapping {

  private static final int UNPROCESSABLE = 422;
  private static final int GATEWAY_TIMEOUT = 504;
  private static final int RETRY_SECONDS = 1;

  @ServerExceptionMapper
  Response map(ProblemException e) {
    return response(e.problem());
  }

  @ServerExceptionMapper
  Response map(NotReadyException e) {
    Rejection notReady =
        new Rejection(
            "VOL-093",
            "volume-manager is not ready: " + e.getMessage() + ".",
            "It reads its state back from the control Kafka after a start or a move.",
            "Try again in a moment.");
    return response(
        Problem.of(notReady, Response.Status.SERVICE_UNAVAILABLE.getStatusCode(), null));
  }

  private static Response response(Problem problem) {
    Response.ResponseBuilder builder =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    if (problem.status() == Response.Status.SERVICE_UNAVAILABLE.getStatusCode()) {
      builder.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
    }
    return builder.build();
  }

  static ProblemException rejected(CommandOutcome.Rejected rejected) {
    return new ProblemException(
        rejected.rejection(), statusOf(rejected.rejection().code()), rejected.correlationId());
  }

  static ProblemException unknown(CommandOutcome.Unknown unknown) {
    return new ProblemException(unknown.reason(), GATEWAY_TIMEOUT, unknown.correlationId());
  }

  static ProblemException unknownVolume(VolumeId id) {
    return new ProblemException(
        new Rejection(
            "VOL-040",
            "Volume %s does not exist.".formatted(id),
            "It was never created, or it was deleted.",
            "Check the name against GET /volumes."),
        Response.Status.NOT_FOUND.getStatusCode(),
        null);
  }

  static ProblemException refused(Rejection why) {
    return new ProblemException(why, statusOf(why.code()), null);
  }

  /** A set that came to nothing; taking it again may succeed. */
  static ProblemException failed(SnapshotDescription set) {
    return new ProblemException(
        SnapshotRefusals.failed(set.setId(), set.reason()),
        Response.Status.SERVICE_UNAVAILABLE.getStatusCode(),
        UUID.fromString(set.correlationId()));
  }

  static ProblemException poolCommandUnknown(String key, String reason) {
    return new ProblemException(
        new Rejection(
            "POL-092",
            "What became of the request is not known: %s.".formatted(reason),
            "It was sent, and nothing was heard in time.",
            "Look at GET /rebalances or /expansions, or repeat it under Idempotency-Key '%s'."
                .formatted(key)),
        GATEWAY_TIMEOUT,
        null);
  }

  static ProblemException malformed(String what) {
    return new ProblemException(
        new Rejection(
            "VOL-094",
            what,
            "The request cannot be understood without it.",
            "See the OpenAPI document at /q/openapi."),
        Response.Status.BAD_REQUEST.getStatusCode(),
        null);
  }

  private static int statusOf(String code) {
    return switch (code) {
      case "VOL-036",
          "VOL-040",
          "VOL-051",
          "VOL-073",
          "POL-002",
          "POL-003",
          "SNP-004",
          "SNP-013",
          "SNP-031" ->
          Response.Status.NOT_FOUND.getStatusCode();
      case "VOL-020",
          "VOL-022",
          "VOL-030",
          "VOL-031",
          "VOL-032",
          "VOL-033",
          "VOL-037",
          "VOL-038",
          "VOL-039",
          "VOL-050",
          "VOL-070",
          "VOL-071",
          "VOL-072",
          "VOL-077",
          "SNP-005",
          "SNP-006",
          "SNP-007",
          "SNP-008",
          "SNP-010",
          "SNP-011",
          "SNP-012",
          "POL-007" ->
          Response.Status.CONFLICT.getStatusCode();
      case "VOL-034", "VOL-035", "VOL-074" -> Response.Status.SERVICE_UNAVAILABLE.getStatusCode();
      case "VOL-090", "SNP-090" -> GATEWAY_TIMEOUT;
      default -> UNPROCESSABLE;
    };
  }
}
