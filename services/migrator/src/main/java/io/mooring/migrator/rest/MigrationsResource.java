package io.mooring.migrator.rest;

import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.MigrationMachine;
import io.mooring.migrator.work.BackupNames;
import io.mooring.schemas.CancelMigration;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.PairMode;
import io.mooring.schemas.StartMigration;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Backups, restores and migrations. */
@Path("/migrations")
@Tag(name = "migrations")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class MigrationsResource {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration COMMAND_LIFETIME = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(50);

  private final StateView view;
  private final Letters letters;

  MigrationsResource(StateView view, Letters letters) {
    this.view = view;
    this.letters = letters;
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
  @Operation(summary = "Begins a backup, a restore or a migration; idempotent by its key")
  @APIResponse(responseCode = "201", description = "It has begun")
  @APIResponse(
      responseCode = "409",
      description = "The name is taken, or another one does the same")
  public Response begin(
      @Nullable MigrationRequest request, @HeaderParam("Idempotency-Key") @Nullable String key)
      throws InterruptedException {
    if (request == null || request.name() == null) {
      throw Problem.malformed("The body has no name.");
    }
    String name = request.name();
    if (!BackupNames.isFit(name)) {
      throw Problem.unfitName(name);
    }
    StartMigration start = start(request);
    MigrationCommand command = command(name, key, request.by(), start);
    if (!isKnown(command)) {
      MigrationMachine.refusal(command, start, view.migrations(), Instant.now())
          .ifPresent(message -> {
            throw Problem.of(message).as(Response.Status.CONFLICT);
          });
      letters.command(command);
    }
    return Response.status(Response.Status.CREATED).entity(awaited(command)).build();
  }

  @POST
  @Path("{name}/cancel")
  @Consumes(MediaType.WILDCARD)
  @Operation(summary = "Ends it early and clears up; what was moved is not lost for the next one")
  public Response cancel(@PathParam("name") String name) {
    known(name);
    letters.command(command(name, null, "rest", new CancelMigration()));
    return Response.accepted().build();
  }

  /** Rules go along as they are now, so that all tries and instances follow the same. */
  private StartMigration start(MigrationRequest request) {
    MigrationSpec spec = request.spec();
    return StartMigration.newBuilder()
        .setKind(request.wantedKind())
        .setSpec(spec)
        .setPairMode(mode(request))
        .setPreRule(rule(spec.getPreExecRule()))
        .setPostRule(rule(spec.getPostExecRule()))
        .build();
  }

  private List<MigrationRuleItem> rule(String name) {
    return name.isEmpty()
        ? List.of()
        : view.rule(name).orElseThrow(() -> Problem.unknownRule(name)).getItems();
  }

  private PairMode mode(MigrationRequest request) {
    if (request.wantedKind() != MigrationKind.MIGRATION) {
      return PairMode.DEFAULT;
    }
    String pair = request.spec().getPair();
    return view.pair(pair)
        .map(ClusterPairState::getMode)
        .orElseThrow(() -> Problem.unknownPair(pair));
  }

  private static MigrationCommand command(
      String name, @Nullable String key, String by, Object detail) {
    return new MigrationCommand(
        name,
        key == null || key.isBlank() ? UUID.randomUUID().toString() : key,
        Instant.now().plus(COMMAND_LIFETIME),
        by,
        detail);
  }

  private MigrationState known(String name) {
    return view.migration(name).orElseThrow(() -> Problem.unknownMigration(name));
  }

  private boolean isKnown(MigrationCommand command) {
    return view.migration(command.getName())
        .filter(state -> state.getCommandId().equals(command.getIdempotencyKey()))
        .isPresent();
  }

  /** The state that came of the command, once this instance has read it. */
  private MigrationView awaited(MigrationCommand command) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<MigrationState> state = view.migration(command.getName());
      if (state.isPresent()) {
        if (isKnown(command)) {
          return MigrationView.of(state.get(), Instant.now());
        }
        throw Problem.of(
                "MIG-050 Migration '%s' was not begun. There is or was one of this name. Choose another name."
                    .formatted(command.getName()))
            .as(Response.Status.CONFLICT);
      }
      Thread.sleep(POLL);
    }
    throw Problem.unknownOutcome(command.getName());
  }
}
