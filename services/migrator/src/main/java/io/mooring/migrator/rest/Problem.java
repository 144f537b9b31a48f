package io.mooring.migrator.rest;

import io.mooring.migrator.control.ResourceOwner;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** An error as it is shown to the user. */
public record Problem(String code, String what, String why, String fix) {

  private static final int CODE_LENGTH = 7;

  WebApplicationException as(Response.Status status) {
    return new WebApplicationException(
        code + " " + what,
        Response.status(status).type(MediaType.APPLICATION_JSON).entity(this).build());
  }

  /** Of a message that begins with its code and has what, why and fix as sentences. */
  static Problem of(String message) {
    String[] sentences = message.substring(CODE_LENGTH + 1).split("(?<=\\.) (?=[A-Z'])", 3);
    return new Problem(
        message.substring(0, CODE_LENGTH),
        sentences[0],
        sentences.length > 1 ? sentences[1] : "",
        sentences.length > 2 ? sentences[2] : "");
  }

  /** What a resource of Kubernetes says is changed there alone. */
  static void refuseOwned(String name, String requestedBy) {
    ResourceOwner.of(requestedBy)
        .ifPresent(owner -> {
          throw new Problem(
                  "MIG-172",
                  "'%s' was not changed.".formatted(name),
                  "It comes from the Kubernetes resource '%s' in namespace '%s', which would put it back."
                      .formatted(owner.name(), owner.namespace()),
                  "Change or delete that resource.")
              .as(Response.Status.CONFLICT);
        });
  }

  static WebApplicationException unknownMigration(String name) {
    return new Problem(
            "MIG-079",
            "Migration '%s' does not exist.".formatted(name),
            "It was never begun here.",
            "Look at GET /migrations.")
        .as(Response.Status.NOT_FOUND);
  }

  static WebApplicationException unknownPair(String name) {
    return new Problem(
            "MIG-076",
            "Cluster pair '%s' does not exist.".formatted(name),
            "It was never made, or it was deleted.",
            "Look at GET /pairs, or make it with PUT /pairs/%s.".formatted(name))
        .as(Response.Status.NOT_FOUND);
  }

  static WebApplicationException unknownRule(String name) {
    return new Problem(
            "MIG-104",
            "Rule '%s' does not exist.".formatted(name),
            "It was never made, or it was deleted. Nothing is moved without a rule that is wanted.",
            "Look at GET /rules, or make it with PUT /rules/%s.".formatted(name))
        .as(Response.Status.NOT_FOUND);
  }

  static WebApplicationException unfitRule(String name, String why) {
    return new Problem(
            "MIG-105",
            "Rule '%s' was not kept.".formatted(name),
            "Something is wrong with it: %s.".formatted(why),
            "Correct it; it has items with podSelector and actions, each with a value.")
        .as(Response.Status.BAD_REQUEST);
  }

  static WebApplicationException builtInRule(String name) {
    return new Problem(
            "MIG-106",
            "Rule '%s' was not changed.".formatted(name),
            "It comes with the migrator.",
            "Make one with another name.")
        .as(Response.Status.CONFLICT);
  }

  static WebApplicationException unknownSchedule(String name) {
    return new Problem(
            "MIG-110",
            "Migration schedule '%s' does not exist here.".formatted(name),
            "It was never made, or it was deleted. A target knows it by what it has restored for it.",
            "Look at GET /schedules; on a target, name one with --skip-source-operations.")
        .as(Response.Status.NOT_FOUND);
  }

  static WebApplicationException unfitSchedule(String name, String why) {
    return new Problem(
            "MIG-111",
            "Migration schedule '%s' was not kept.".formatted(name),
            "Something is wrong with it: %s.".formatted(why),
            "Correct it; see the OpenAPI document at /q/openapi.")
        .as(Response.Status.BAD_REQUEST);
  }

  static WebApplicationException unfitObjects(String name, List<String> problems) {
    return new Problem(
            "MIG-130",
            "Migration '%s' was not begun.".formatted(name),
            "Something is wrong with what it says about objects: %s."
                .formatted(String.join("; ", problems)),
            "Correct all of it; see the OpenAPI document at /q/openapi.")
        .as(Response.Status.BAD_REQUEST);
  }

  static WebApplicationException malformed(String what) {
    return new Problem(
            "MIG-075",
            what,
            "The request cannot be understood without it.",
            "See the OpenAPI document at /q/openapi.")
        .as(Response.Status.BAD_REQUEST);
  }

  static WebApplicationException unfitName(String name) {
    return new Problem(
            "MIG-074",
            "'%s' cannot be the name of a migration.".formatted(name),
            "It names objects in the store: 3 to 50 lower-case letters, digits and hyphens; endings"
                + " such as -part-1 and -objects are those of parts.",
            "Choose another name.")
        .as(Response.Status.BAD_REQUEST);
  }

  static WebApplicationException unknownOutcome(String name) {
    return new Problem(
            "MIG-078",
            "What became of the request about '%s' is not known.".formatted(name),
            "It was sent, and nothing was heard in time.",
            "Look at GET /migrations, or repeat it with the same Idempotency-Key.")
        .as(Response.Status.GATEWAY_TIMEOUT);
  }
}
