package io.mooring.migrator.rest;

import io.mooring.migrator.control.Letters;
import io.mooring.storage.backup.fault.BackupException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Which HTTP status says what. */
final class ProblemMapping {

  private static final Logger LOG = Logger.getLogger(ProblemMapping.class);

  @ServerExceptionMapper
  Response map(Letters.UnwrittenException e) {
    LOG.warnf(e, "A request could not be written to the control Kafka");
    return response(
        Response.Status.GATEWAY_TIMEOUT,
        new Problem(
            "MIG-080",
            "What became of the request is not known.",
            "The control Kafka or the schema registry did not answer in time.",
            "Repeat it with the same Idempotency-Key; it takes effect at most once."));
  }

  @ServerExceptionMapper
  Response map(BackupException e) {
    Response.Status status =
        switch (e.fault()) {
          case NO_BACKUP, NO_REPOSITORY, NO_VOLUME -> Response.Status.NOT_FOUND;
          case BAD_NAME -> Response.Status.BAD_REQUEST;
          default -> Response.Status.BAD_GATEWAY;
        };
    return response(
        status,
        new Problem(
            e.fault().code(), String.valueOf(e.getMessage()), e.fault().why(), e.fault().fix()));
  }

  @ServerExceptionMapper
  Response map(IOException e) {
    String message = String.valueOf(e.getMessage());
    LOG.warnf("A request was not answered; cause=%s", message);
    return response(
        Response.Status.BAD_GATEWAY,
        message.matches("MIG-\\d{3} .*")
            ? Problem.of(message)
            : new Problem(
                "MIG-083",
                "Somebody whom the migrator asked did not answer: %s.".formatted(message),
                "It is down, unreachable, or refuses.",
                "Check it, and repeat the request."));
  }

  private static Response response(Response.Status status, Problem problem) {
    return Response.status(status).type(MediaType.APPLICATION_JSON).entity(problem).build();
  }
}
