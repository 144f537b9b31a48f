package io.mooring.migrator.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.Failovers;
import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.objects.WayBack;
import io.mooring.migrator.outside.RestClient;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Applications of a schedule move to the other side, and back. */
@Path("/schedules")
@Tag(name = "schedules")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class FailoverResource {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * A move.
   *
   * @param skipSourceOperations nothing is asked of the source: what was restored last is started
   * @param pair of a failback: name of the pair on the other side that leads here; the same name
   *     unless another is given
   */
  public record Move(
      boolean skipSourceOperations, @Nullable String pair, @Nullable String requestedBy) {

    String by() {
      return requestedBy == null ? "rest" : requestedBy;
    }
  }

  private final StateView view;
  private final MigrationStarts starts;
  private final PairGuard guard;

  FailoverResource(StateView view, MigrationStarts starts, PairGuard guard) {
    this.view = view;
    this.starts = starts;
    this.guard = guard;
  }

  @POST
  @Path("{name}/failover")
  @Operation(
      summary =
          "Stops the applications here, copies what changed last, starts them on the target; on a"
              + " failure they are started here again")
  @APIResponse(responseCode = "201", description = "It has begun; it is a migration")
  @APIResponse(responseCode = "409", description = "A migration of it runs, or nothing is restored")
  public Response failover(
      @PathParam("name") String name,
      @Nullable Move request,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException, InterruptedException {
    guard.check(authorization);
    Move move = request == null ? new Move(false, null, null) : request;
    Optional<MigrationScheduleState> schedule = view.schedule(name);
    if (schedule.isEmpty() && !move.skipSourceOperations()) {
      throw Problem.unknownSchedule(name);
    }
    String failover = nameFor(name, "failover", key);
    MigrationStarts.Asked asked = new MigrationStarts.Asked(key, move.by());
    MigrationView begun =
        schedule.isPresent()
            ? starts.begin(
                failover,
                MigrationKind.MIGRATION,
                MigrationSpec.newBuilder(schedule.get().getSpec())
                    .setFailover(true)
                    .setSkipSource(move.skipSourceOperations())
                    .build(),
                asked)
            : starts.begin(failover, MigrationKind.RESTORE, startOfRestored(name), asked);
    return Response.status(Response.Status.CREATED).entity(begun).build();
  }

  /** The source is lost: what it brought here last is started. */
  private MigrationSpec startOfRestored(String schedule) {
    MigrationState restore =
        Failovers.newestRestore(schedule, view.migrations())
            .orElseThrow(() -> Problem.unknownSchedule(schedule));
    MigrationSpec spec = restore.getSpec();
    List<String> namespaces = Namespaces.targets(spec);
    return MigrationSpec.newBuilder()
        .setBackup(spec.getBackup())
        .setNamespace(namespaces.isEmpty() ? "" : namespaces.getFirst())
        .setNamespaces(namespaces.size() > 1 ? namespaces : List.of())
        .setIncludeVolumes(spec.getIncludeVolumes())
        .setSchedule(schedule)
        .setFailover(true)
        .setSkipSource(true)
        .build();
  }

  @POST
  @Path("{name}/failback")
  @Operation(summary = "Asks the other side to move the applications back, in the same way")
  @APIResponse(responseCode = "201", description = "It has begun there; it is a migration there")
  public Response failback(
      @PathParam("name") String name,
      @Nullable Move request,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException {
    guard.check(authorization);
    Move move = request == null ? new Move(false, null, null) : request;
    MigrationScheduleState schedule =
        view.schedule(name).orElseThrow(() -> Problem.unknownSchedule(name));
    String pairName = schedule.getSpec().getPair();
    ClusterPairState pair = view.pair(pairName).orElseThrow(() -> Problem.unknownPair(pairName));
    String failback = nameFor(name, "failback", key);
    JsonNode begun =
        new RestClient(URI.create(pair.getTargetUrl()), LIMIT, pair.getToken())
            .post(
                "/migrations",
                request(failback, schedule.getSpec(), move),
                key == null || key.isBlank() ? failback : key);
    return Response.status(Response.Status.CREATED).entity(begun).build();
  }

  private static Map<String, Object> request(String failback, MigrationSpec spec, Move move) {
    Map<String, Object> request = new LinkedHashMap<>(WayBack.of(spec).asRequest());
    request.put("name", failback);
    request.put("kind", "MIGRATION");
    request.put("pair", move.pair() == null ? spec.getPair() : move.pair());
    request.put("group", spec.getGroup());
    request.put("volumes", spec.getVolumes());
    request.put("labels", spec.getLabels());
    request.put("replace", true);
    request.put("keepSnapshots", spec.getKeepSnapshots());
    request.put("bytesPerSecond", spec.getBytesPerSecond());
    request.put("schedule", spec.getSchedule());
    request.put("failover", true);
    request.put("requestedBy", move.by());
    return request;
  }

  /** The same request has the same name, so that it takes effect once. */
  private String nameFor(String schedule, String what, @Nullable String key) {
    return view.migrations().stream()
        .filter(state -> key != null && !key.isBlank() && state.getCommandId().equals(key))
        .map(MigrationState::getName)
        .findFirst()
        .orElseGet(() -> ScheduleRules.nameOf(schedule, what, Instant.now()));
  }
}
