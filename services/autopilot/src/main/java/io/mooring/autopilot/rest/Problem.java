package io.mooring.autopilot.rest;

import io.mooring.autopilot.rule.RuleProblem;
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

  static RuleProblem ofKubernetes(String name) {
    return new RuleProblem(
        "AUT-026",
        "metadata.name",
        "Rule '%s' belongs to Kubernetes.".formatted(name),
        "It would be put back as its resource says.",
        "Change or delete the AutopilotRule resource.");
  }

  static WebApplicationException ruleOfKubernetes(String name) {
    RuleProblem problem = ofKubernetes(name);
    return new Problem(problem.code(), problem.what(), problem.why(), problem.fix())
        .as(Response.Status.CONFLICT);
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
