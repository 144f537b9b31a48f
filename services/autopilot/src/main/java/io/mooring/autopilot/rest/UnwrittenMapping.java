package io.mooring.autopilot.rest;

import io.mooring.autopilot.stream.ControlTopicWriter.UnwrittenException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Tells that it is not known whether a request took effect. */
final class UnwrittenMapping {

  private static final Logger LOG = Logger.getLogger(UnwrittenMapping.class);

  @ServerExceptionMapper
  Response map(UnwrittenException e) {
    LOG.warnf(e, "A request could not be written to the control Kafka");
    return Response.status(Response.Status.GATEWAY_TIMEOUT)
        .type(MediaType.APPLICATION_JSON)
        .entity(
            new Problem(
                "AUT-025",
                "What became of the request is not known.",
                "The control Kafka or the schema registry did not answer in time.",
                "Repeat it; it takes effect at most once."))
        .build();
  }
}
