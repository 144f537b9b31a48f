package io.mooring.migrator.rest;

import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.work.Surroundings;
import io.mooring.schemas.CancelMigration;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Backups, restores, migrations, and snapshots that are taken under rules. */
@Path("/migrations")
@Tag(name = "migrations")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class MigrationsResource {

  private final StateView view;
  private final Letters letters;
  private final MigrationStarts starts;
  private final PairGuard guard;
  private final VolumeManagerClient manager;

  MigrationsResource(
      StateView view,
      Letters letters,
      MigrationStarts starts,
      PairGuard guard,
      Surroundings surroundings) {
    this.manager = surroundings.manager();
    this.view = view;
    this.letters = letters;
    this.starts = starts;
    this.guard = guard;
  }

  @GET
  @Operation(summary = "All backups, restores and migrations, newest first")
  public List<MigrationView> all() {
    Instant now = Instant.now();
    return view.migrations().stream().map(state -> MigrationView.of(state, now)).toList();
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One of them, with its volumes")
  @APIResponse(responseCode = "404", description = "There is none of this name")
  public MigrationView one(@PathParam("name") String name) {
    return MigrationView.of(known(name), Instant.now());
  }

  @POST
  @Operation(
      summary = "Begins a backup, restore, migration or group snapshot; idempotent by its key")
  @APIResponse(responseCode = "201", description = "It has begun")
  @APIResponse(
      responseCode = "409",
      description = "The name is taken, or another one does the same")
  public Response begin(
      @Nullable MigrationRequest request,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException, InterruptedException {
    if (request == null || request.name() == null) {
      throw Problem.malformed("The body has no name.");
    }
    boolean moves = request.failover() || request.wantedKind() == MigrationKind.RESTORE;
    if (moves) {
      guard.check(authorization);
    }
    MigrationView begun =
        starts.begin(
            request.name(),
            request.wantedKind(),
            request.spec(),
            new MigrationStarts.Asked(key, request.by()));
    return Response.status(Response.Status.CREATED).entity(begun).build();
  }

  @POST
  @Path("{name}/cancel")
  @Consumes(MediaType.WILDCARD)
  @Operation(summary = "Ends it early and clears up; what was moved is not lost for the next one")
  public Response cancel(
      @PathParam("name") String name,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException {
    if (known(name).getKind() == MigrationKind.RESTORE) {
      guard.check(authorization);
    }
    letters.command(MigrationStarts.command(name, null, "rest", new CancelMigration(false)));
    return Response.accepted().build();
  }

  @DELETE
  @Path("{name}")
  @Operation(
      summary = "Forgets one that is over, and deletes the snapshots that it keeps; backups stay")
  @APIResponse(responseCode = "409", description = "It is not over")
  public Response forget(
      @PathParam("name") String name,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException {
    MigrationState state = known(name);
    if (state.getKind() == MigrationKind.RESTORE) {
      guard.check(authorization);
    }
    if (state.getStatus() == MigrationStatus.IN_PROGRESS) {
      throw new Problem(
              "MIG-054",
              "'%s' cannot be forgotten.".formatted(name),
              "It is not over.",
              "Wait for its end, or cancel it.")
          .as(Response.Status.CONFLICT);
    }
    if (!state.getSnapshotSet().isEmpty()) {
      manager.deleteSnapshots(state.getSnapshotSet());
    }
    letters.command(MigrationStarts.command(name, null, "rest", new CancelMigration(true)));
    return Response.accepted().build();
  }

  private MigrationState known(String name) {
    return view.migration(name).orElseThrow(() -> Problem.unknownMigration(name));
  }
}
