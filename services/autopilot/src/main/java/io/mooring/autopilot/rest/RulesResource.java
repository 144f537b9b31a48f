package io.mooring.autopilot.rest;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.rule.RuleProblem;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.stream.RuleLibrary.Shelved;
import io.mooring.autopilot.stream.RuleOrigin;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Rules: read, put in use, taken out of use. */
@Path("/rules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "rules")
public class RulesResource {

  static final String YAML = "application/yaml";

  /**
   * A rule.
   *
   * @param inUse false if it has problems
   * @param document as it was written
   */
  public record Rule(
      String name,
      boolean inUse,
      String origin,
      Instant updatedAt,
      List<RuleProblem> problems,
      String document) {}

  /** What became of one rule of a file. */
  public record Applied(String name, boolean accepted, List<RuleProblem> problems) {}

  private final RuleLibrary library;
  private final ControlTopicWriter writer;

  RulesResource(AutopilotParts parts, ControlTopicWriter writer) {
    this.library = parts.rules();
    this.writer = writer;
  }

  @GET
  @Operation(summary = "All rules, also those that are not in use because of their problems")
  public List<Rule> all() {
    return library.all().stream().map(RulesResource::view).toList();
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One rule")
  public Rule one(String name) {
    return library
        .named(name)
        .map(RulesResource::view)
        .orElseThrow(() -> Problem.unknownRule(name));
  }

  @PUT
  @Path("{name}")
  @Consumes({YAML, "text/yaml", MediaType.TEXT_PLAIN})
  @Operation(summary = "Puts a rule in use, or another text in its place")
  public Response put(String name, String yaml) {
    refuseIfOfKubernetes(name);
    Applied applied = putInUse(RuleDocument.only(name, yaml, library.terms()));
    return Response.status(applied.accepted() ? 202 : 422).entity(applied).build();
  }

  @POST
  @Consumes({YAML, "text/yaml", MediaType.TEXT_PLAIN})
  @Operation(summary = "Puts all rules of a file in use; a bad one stops no other")
  public Response apply(String yaml) {
    List<Applied> applied =
        RuleDocument.allOf(yaml, library.terms()).stream().map(this::putInUse).toList();
    boolean allAccepted = applied.stream().allMatch(Applied::accepted);
    return Response.status(allAccepted ? 202 : 422).entity(applied).build();
  }

  @DELETE
  @Path("{name}")
  @Operation(summary = "Takes a rule out of use; what it began is brought to its end")
  public Response remove(String name) {
    one(name);
    refuseIfOfKubernetes(name);
    writer.removeRule(name);
    return Response.accepted().build();
  }

  private void refuseIfOfKubernetes(String name) {
    if (isOfKubernetes(name)) {
      throw Problem.ruleOfKubernetes(name);
    }
  }

  private boolean isOfKubernetes(String name) {
    return library
        .named(name)
        .filter(shelved -> shelved.origin().equals(RuleOrigin.KUBERNETES))
        .isPresent();
  }

  private Applied putInUse(RuleDocument document) {
    return switch (document.outcome()) {
      case RuleOutcome.Invalid invalid -> new Applied(invalid.name(), false, invalid.problems());
      case RuleOutcome.Valid(AutopilotRule rule) when isOfKubernetes(rule.name()) ->
          new Applied(rule.name(), false, List.of(Problem.ofKubernetes(rule.name())));
      case RuleOutcome.Valid(AutopilotRule rule) -> {
        writer.putRule(rule.name(), document.text(), RuleOrigin.REST);
        yield new Applied(rule.name(), true, List.of());
      }
    };
  }

  private static Rule view(Shelved shelved) {
    return new Rule(
        shelved.name(),
        shelved.problems().isEmpty(),
        shelved.origin(),
        shelved.updatedAt(),
        shelved.problems(),
        shelved.document());
  }
}
