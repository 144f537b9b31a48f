package io.mooring.volumemanager.rest;

import io.mooring.schedules.Recurrence;
import io.mooring.schedules.RecurrenceWords;
import io.mooring.schemas.DeleteSnapshotSchedule;
import io.mooring.schemas.PutSnapshotSchedule;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.ScheduleDescription;
import io.mooring.volumemanager.catalogue.ScheduleRecords;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.schedule.Schedule;
import io.mooring.volumemanager.snapshot.SnapshotRefusals;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.VolumeId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Snapshots that are taken by themselves. */
@Path("/snapshot-schedules")
@Tag(name = "snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class SchedulesResource {

  private static final String REQUESTED_BY = "rest";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /**
   * What is wanted; one of the first four. Times are in UTC.
   *
   * @param every a duration such as PT1H
   * @param daily a time such as 02:30
   * @param weekly a day and a time such as SUNDAY 02:30
   * @param monthly a day of the month and a time such as 15 02:30
   * @param retain sets that are kept; by default 10, 30, 7 or 12
   * @param volumes ids or names
   * @param group group whose volumes are taken
   * @param suspended take and delete nothing for now
   */
  public record Wanted(
      @Nullable String every,
      @Nullable String daily,
      @Nullable String weekly,
      @Nullable String monthly,
      @Nullable Integer retain,
      @Nullable List<String> volumes,
      @Nullable String group,
      boolean suspended) {}

  private final VolumeManager manager;

  SchedulesResource(VolumeManager manager) {
    this.manager = manager;
  }

  @GET
  @Operation(summary = "All schedules")
  public List<ScheduleDescription> list() {
    return manager.connected().catalogue().schedules().stream()
        .sorted(Comparator.comparing(ScheduleDescription::id))
        .toList();
  }

  @GET
  @Path("{schedule}")
  @Operation(summary = "One schedule")
  public ScheduleDescription get(@PathParam("schedule") String id) {
    return list().stream()
        .filter(schedule -> schedule.id().equals(id))
        .findFirst()
        .orElseThrow(() -> ProblemMapping.refused(SnapshotRefusals.unknownSchedule(id)));
  }

  @PUT
  @Path("{schedule}")
  @Operation(summary = "Makes a schedule, or gives it another plan")
  public Response put(
      @PathParam("schedule") String id,
      @Nullable Wanted wanted,
      @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (wanted == null) {
      throw ProblemMapping.refused(SnapshotRefusals.badPlan("the body is empty"));
    }
    send(id, new PutSnapshotSchedule(ScheduleRecords.plan(plan(wanted))), key);
    return Response.noContent().build();
  }

  @DELETE
  @Path("{schedule}")
  @Operation(summary = "Ends a schedule; what it has taken stays")
  public Response delete(
      @PathParam("schedule") String id, @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    send(id, new DeleteSnapshotSchedule(), key);
    return Response.noContent().build();
  }

  private static Schedule.Plan plan(Wanted wanted) {
    Recurrence recurrence = recurrence(wanted);
    int retain = wanted.retain() == null ? recurrence.retainByDefault() : wanted.retain();
    if (retain < 1 || retain > ScheduleRecords.RETAIN_MAX) {
      throw ProblemMapping.refused(
          SnapshotRefusals.badPlan(
              "retain is %d, it is 1 to %d".formatted(retain, ScheduleRecords.RETAIN_MAX)));
    }
    List<VolumeId> volumes =
        wanted.volumes() == null
            ? List.of()
            : wanted.volumes().stream().map(VolumeId::ofIdOrName).toList();
    String group = wanted.group() == null ? "" : wanted.group();
    if (volumes.isEmpty() && group.isEmpty()) {
      throw ProblemMapping.refused(
          SnapshotRefusals.badPlan("it names neither volumes nor a group"));
    }
    return new Schedule.Plan(recurrence, retain, volumes, group, wanted.suspended());
  }

  private static Recurrence recurrence(Wanted wanted) {
    try {
      return new RecurrenceWords(wanted.every(), wanted.daily(), wanted.weekly(), wanted.monthly())
          .recurrence();
    } catch (IllegalArgumentException e) {
      throw ProblemMapping.refused(SnapshotRefusals.badPlan(String.valueOf(e.getMessage())));
    }
  }

  private void send(String id, SpecificRecord detail, @Nullable String key) {
    if (!SnapshotSetId.isId(id)) {
      throw ProblemMapping.refused(SnapshotRefusals.badId(id));
    }
    CommandOutcome outcome =
        manager
            .connected()
            .snapshots()
            .send(
                new SnapshotSetId(id),
                detail,
                REQUESTED_BY,
                manager.config().commandTimeout(),
                key == null ? UUID.randomUUID().toString() : key);
    switch (outcome) {
      case CommandOutcome.Done _ -> {}
      case CommandOutcome.Rejected rejected -> throw ProblemMapping.rejected(rejected);
      case CommandOutcome.Unknown unknown -> throw ProblemMapping.unknown(unknown);
    }
  }
}
