package io.mooring.migrator.rest;

import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.Failovers;
import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.work.Surroundings;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Applications on this side, for people and for the other side of a pair. */
@Path("/applications")
@Tag(name = "applications")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@RunOnVirtualThread
public class ApplicationsResource {

  /**
   * Pods of a namespace.
   *
   * @param desired how many are wanted now
   * @param running how many run
   * @param active some are wanted
   */
  public record ActivityView(int desired, int running, boolean active) {}

  private final ApplicationDoor door;
  private final StateView view;
  private final PairGuard guard;

  ApplicationsResource(Surroundings surroundings, StateView view, PairGuard guard) {
    this.door = surroundings.door();
    this.view = view;
    this.guard = guard;
  }

  @GET
  @Operation(summary = "Whether pods of a namespace run")
  public ActivityView activity(@QueryParam("namespace") @Nullable String namespace)
      throws IOException {
    ApplicationDoor.Activity activity = door.activity(named(namespace));
    return new ActivityView(activity.desired(), activity.running(), activity.desired() > 0);
  }

  @POST
  @Path("start")
  @Operation(summary = "Begins to start the pods that a namespace had; idempotent")
  @APIResponse(responseCode = "202", description = "It is being done")
  @APIResponse(responseCode = "409", description = "What the schedule restored here is not whole")
  public Response start(
      @QueryParam("namespace") @Nullable String namespace,
      @QueryParam("schedule") @Nullable String schedule,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException {
    guard.check(authorization);
    String wanted = named(namespace);
    if (schedule != null && !schedule.isEmpty()) {
      Failovers.notRestored(schedule, view.migrations())
          .ifPresent(message -> {
            throw Problem.of(message).as(Response.Status.CONFLICT);
          });
    }
    door.start(wanted);
    return Response.accepted().build();
  }

  @POST
  @Path("stop")
  @Operation(summary = "Begins to stop all pods of a namespace; idempotent")
  @APIResponse(responseCode = "202", description = "It is being done")
  public Response stop(
      @QueryParam("namespace") @Nullable String namespace,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException {
    guard.check(authorization);
    door.stop(named(namespace));
    return Response.accepted().build();
  }

  private static String named(@Nullable String namespace) {
    if (namespace == null || namespace.isBlank()) {
      throw Problem.malformed("The request has no namespace.");
    }
    return namespace;
  }
}
