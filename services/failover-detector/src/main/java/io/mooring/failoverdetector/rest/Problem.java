package io.mooring.failoverdetector.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** An error as it is shown to the user. */
public record Problem(String code, String what, String why, String fix) {

  WebApplicationException as(Response.Status status) {
    return new WebApplicationException(
        code + " " + what,
        Response.status(status).type(MediaType.APPLICATION_JSON).entity(this).build());
  }

  static WebApplicationException standby() {
    return new Problem(
            "DET-003",
            "This instance stands by.",
            "Another instance reads the heartbeats, or the control Kafka is not reachable.",
            "Ask the other instance, or wait until this one takes over.")
        .as(Response.Status.SERVICE_UNAVAILABLE);
  }
}
