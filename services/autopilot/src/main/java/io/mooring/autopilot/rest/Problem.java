package io.mooring.autopilot.rest;

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

  static WebApplicationException unknownRule(String name) {
    return new Problem(
            "AUT-022",
            "Rule '" + name + "' does not exist.",
            "It was never put in use, or it was removed.",
            "Look at GET /rules.")
        .as(Response.Status.NOT_FOUND);
  }

  static WebApplicationException unknownApproval(String id) {
    return new Problem(
            "AUT-023",
            "Approval '" + id + "' does not exist.",
            "It was decided, the conditions have cleared, or the rule was changed.",
            "Look at GET /approvals.")
        .as(Response.Status.NOT_FOUND);
  }

  static WebApplicationException notADecision(String given) {
    return new Problem(
            "AUT-024",
            "The approval state is '" + given + "'.",
            "A person can only approve or decline; DELETE withdraws the approval.",
            "Send {\"approvalState\": \"approved\"} or {\"approvalState\": \"declined\"}.")
        .as(Response.Status.BAD_REQUEST);
  }
}
