package io.mooring.migrator.rest;

import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationRuleState;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Commands that are run in pods before and after snapshots. */
@Path("/rules")
@Tag(name = "rules")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class RulesResource {

  /**
   * A rule.
   *
   * @param builtIn it comes with the service and cannot be changed
   */
  public record RuleView(
      String name,
      boolean builtIn,
      List<RuleDocument.Item> items,
      String requestedBy,
      Instant updatedAt) {

    static RuleView of(MigrationRuleState rule) {
      return new RuleView(
          rule.getName(),
          StateView.isBuiltIn(rule.getName()),
          RuleDocument.shown(rule.getItems()),
          rule.getRequestedBy(),
          rule.getUpdatedAt());
    }
  }

  private final StateView view;
  private final Letters letters;

  RulesResource(StateView view, Letters letters) {
    this.view = view;
    this.letters = letters;
  }

  @GET
  @Operation(summary = "All rules")
  public List<RuleView> all() {
    return view.rules().stream().map(RuleView::of).toList();
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One rule")
  public RuleView one(@PathParam("name") String name) {
    return RuleView.of(view.rule(name).orElseThrow(() -> Problem.unknownRule(name)));
  }

  @PUT
  @Path("{name}")
  @Consumes({MediaType.APPLICATION_JSON, "application/yaml"})
  @Operation(summary = "Makes a rule, or changes it; migrations under way keep what it said")
  @APIResponse(responseCode = "202", description = "It is kept")
  @APIResponse(responseCode = "400", description = "It is no rule")
  public Response put(@PathParam("name") String name, @Nullable String document) {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,48}[a-z0-9]")) {
      throw Problem.malformed("'%s' cannot be the name of a rule.".formatted(name));
    }
    refuseOthers(name);
    List<MigrationRuleItem> items;
    try {
      items = RuleDocument.read(document == null ? "" : document);
    } catch (IllegalArgumentException e) {
      throw Problem.unfitRule(name, String.valueOf(e.getMessage()));
    }
    letters.rule(new MigrationRuleState(name, items, "rest", Instant.now()));
    return Response.accepted().build();
  }

  @DELETE
  @Path("{name}")
  @Operation(summary = "Takes a rule away; migrations under way keep what it said")
  public Response remove(@PathParam("name") String name) {
    refuseOthers(name);
    if (view.rule(name).isEmpty()) {
      throw Problem.unknownRule(name);
    }
    letters.removeRule(name);
    return Response.accepted().build();
  }

  private void refuseOthers(String name) {
    if (StateView.isBuiltIn(name)) {
      throw Problem.builtInRule(name);
    }
    view.rule(name).ifPresent(rule -> Problem.refuseOwned(name, rule.getRequestedBy()));
  }
}
