package io.mooring.migrator.rest;

import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.schedules.Recurrence;
import io.mooring.schedules.RecurrenceFields;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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

/** Migrations that begin by themselves. */
@Path("/schedules")
@Tag(name = "schedules")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class SchedulesResource {

  private final StateView view;
  private final Letters letters;

  SchedulesResource(StateView view, Letters letters) {
    this.view = view;
    this.letters = letters;
  }

  @GET
  @Operation(summary = "All schedules")
  public List<ScheduleView> all() {
    return view.schedules().stream()
        .map(schedule -> ScheduleView.of(schedule, view.migrations()))
        .toList();
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One schedule")
  public ScheduleView one(@PathParam("name") String name) {
    return ScheduleView.of(known(name), view.migrations());
  }

  @PUT
  @Path("{name}")
  @Operation(summary = "Makes a schedule, or changes it; by default every 30 minutes")
  @APIResponse(responseCode = "202", description = "It is kept")
  public Response put(@PathParam("name") String name, @Nullable ScheduleRequest request) {
    // Names of its migrations are longer by the occasion, and 50 characters at most.
    if (!name.matches("[a-z0-9][a-z0-9-]{0,26}[a-z0-9]")) {
      throw Problem.unfitSchedule(
          name, "its name is not 2 to 28 lower-case letters, digits and hyphens");
    }
    if (request == null || request.pair() == null) {
      throw Problem.unfitSchedule(name, "it has no pair");
    }
    List<String> problems = request.objects().problems();
    if (!problems.isEmpty()) {
      throw Problem.unfitSchedule(name, String.join("; ", problems));
    }
    MigrationSpec spec = request.spec(name);
    view.pair(spec.getPair()).orElseThrow(() -> Problem.unknownPair(spec.getPair()));
    for (String rule : List.of(spec.getPreExecRule(), spec.getPostExecRule())) {
      view.ruleItems(rule).orElseThrow(() -> Problem.unknownRule(rule));
    }
    view.schedule(name).ifPresent(old -> Problem.refuseOwned(name, old.getRequestedBy()));
    letters.schedule(state(name, request, fields(name, request)));
    return Response.accepted().build();
  }

  private static RecurrenceFields fields(String name, ScheduleRequest request) {
    try {
      Recurrence recurrence = request.recurrence();
      RecurrenceFields fields = RecurrenceFields.of(recurrence);
      if (fields.recurrence().isEmpty()) {
        throw Problem.unfitSchedule(name, "its interval is below a minute, or its day is none");
      }
      return fields;
    } catch (IllegalArgumentException e) {
      throw Problem.unfitSchedule(name, String.valueOf(e.getMessage()));
    }
  }

  private MigrationScheduleState state(
      String name, ScheduleRequest request, RecurrenceFields fields) {
    Instant now = Instant.now();
    Instant since =
        view.schedule(name)
            .filter(old ->
                ScheduleRules.recurrence(old)
                    .map(RecurrenceFields::of)
                    .filter(fields::equals)
                    .isPresent())
            .map(MigrationScheduleState::getSince)
            .orElse(now);
    return MigrationScheduleState.newBuilder()
        .setName(name)
        .setSpec(request.spec(name))
        .setRecurrence(fields.kind())
        .setIntervalMinutes(fields.intervalMinutes())
        .setMinuteOfDay(fields.minuteOfDay())
        .setDay(fields.day())
        .setAutoSuspend(request.suspendsItself())
        .setSince(since)
        .setRequestedBy(request.by())
        .setUpdatedAt(now)
        .build();
  }

  @DELETE
  @Path("{name}")
  @Operation(summary = "Ends a schedule; its migrations and their backups stay")
  public Response remove(@PathParam("name") String name) {
    Problem.refuseOwned(name, known(name).getRequestedBy());
    letters.removeSchedule(name);
    return Response.accepted().build();
  }

  @POST
  @Path("{name}/suspend")
  @Consumes(MediaType.WILDCARD)
  @Operation(summary = "Begins nothing until it is resumed; what runs goes on")
  public Response suspend(@PathParam("name") String name) {
    return suspended(name, true);
  }

  @POST
  @Path("{name}/resume")
  @Consumes(MediaType.WILDCARD)
  @Operation(summary = "Goes on")
  public Response resume(@PathParam("name") String name) {
    return suspended(name, false);
  }

  private Response suspended(String name, boolean suspended) {
    letters.schedule(
        MigrationScheduleState.newBuilder(known(name))
            .setSuspended(suspended)
            .setReason("")
            .setUpdatedAt(Instant.now())
            .build());
    return Response.accepted().build();
  }

  private MigrationScheduleState known(String name) {
    return view.schedule(name).orElseThrow(() -> Problem.unknownSchedule(name));
  }
}
