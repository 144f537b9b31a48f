package io.mooring.volumemanager.rest;

import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.volumemanager.catalogue.SnapshotDescription;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.query.SnapshotSets;
import io.mooring.volumemanager.query.VolumeDescription;
import io.mooring.volumemanager.query.VolumeReader;
import io.mooring.volumemanager.snapshot.SnapshotRefusals;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.VolumeId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Snapshots of volumes, of one or of several at one moment. */
@Path("/snapshots")
@Tag(name = "snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class SnapshotsResource {

  private static final String REQUESTED_BY = "rest";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /**
   * What is wanted.
   *
   * @param name for people
   * @param volumes ids or names
   * @param selector more volumes, by what they have in common
   * @param labels of the set
   */
  public record Wanted(
      @Nullable String name,
      @Nullable List<String> volumes,
      @Nullable Selector selector,
      @Nullable Map<String, String> labels) {}

  /** Volumes of a group, with all of these labels; at least one of both must be given. */
  public record Selector(@Nullable String group, @Nullable Map<String, String> labels) {

    boolean selects(VolumeDescription volume) {
      boolean ofGroup = group == null || group.equals(volume.spec().grouping().group());
      boolean labelled =
          labels == null || volume.spec().labels().entrySet().containsAll(labels.entrySet());
      return ofGroup && labelled;
    }

    boolean isEmpty() {
      return group == null && (labels == null || labels.isEmpty());
    }
  }

  private final SnapshotSets sets;
  private final VolumeReader volumes;

  SnapshotsResource(SnapshotSets sets, VolumeReader volumes) {
    this.sets = sets;
    this.volumes = volumes;
  }

  @GET
  @Operation(summary = "All sets, the newest first, or those with a snapshot of a volume")
  public List<SnapshotDescription> list(@QueryParam("volume") @Nullable String volume) {
    if (volume == null) {
      return sets.list();
    }
    String id = VolumeId.ofIdOrName(volume).value();
    return sets.list().stream().filter(set -> set.of(id).isPresent()).toList();
  }

  @GET
  @Path("{set}")
  @Operation(summary = "One set with its snapshots")
  public SnapshotDescription get(@PathParam("set") String set) {
    return sets.find(id(set))
        .orElseThrow(() -> ProblemMapping.refused(SnapshotRefusals.unknownSet(set)));
  }

  @POST
  @Operation(
      summary =
          "Takes a snapshot of each volume, all at one moment, all or none; under the same"
              + " Idempotency-Key the same set")
  @APIResponse(
      responseCode = "201",
      description = "The set is READY",
      content = @Content(schema = @Schema(implementation = SnapshotDescription.class)))
  @APIResponse(
      responseCode = "202",
      description = "The set is still being taken",
      content = @Content(schema = @Schema(implementation = SnapshotDescription.class)))
  public Response take(
      @Nullable Wanted wanted, @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (wanted == null || wanted.name() == null) {
      throw ProblemMapping.malformed("The body has no name.");
    }
    String command = key == null ? UUID.randomUUID().toString() : key;
    SnapshotSetId id = SnapshotSetId.ofName("rest/" + command);
    Map<String, String> labels = wanted.labels() == null ? Map.of() : wanted.labels();
    CommandOutcome outcome =
        sets.take(
            id,
            wanted.name(),
            List.copyOf(selected(wanted)),
            labels,
            new SnapshotSets.Asker(REQUESTED_BY, command));
    return switch (outcome) {
      case CommandOutcome.Done _ -> taken(id, command);
      case CommandOutcome.Rejected rejected -> throw ProblemMapping.rejected(rejected);
      case CommandOutcome.Unknown unknown -> throw ProblemMapping.unknown(unknown);
    };
  }

  private Set<VolumeId> selected(Wanted wanted) {
    Set<VolumeId> selected = new LinkedHashSet<>();
    if (wanted.volumes() != null) {
      wanted.volumes().stream().map(VolumeId::ofIdOrName).forEach(selected::add);
    }
    Selector selector = wanted.selector();
    if (selector != null) {
      if (selector.isEmpty()) {
        throw ProblemMapping.malformed("The selector has neither a group nor labels.");
      }
      volumes.list().stream()
          .filter(selector::selects)
          .map(volume -> new VolumeId(volume.id()))
          .forEach(selected::add);
    }
    return selected;
  }

  private Response taken(SnapshotSetId id, String command) {
    Optional<SnapshotDescription> seen =
        sets.await(
            id,
            set ->
                set.filter(s -> s.commands().contains(command))
                    .filter(s -> !s.isUnderWay())
                    .isPresent());
    SnapshotDescription set =
        seen.orElseThrow(() -> ProblemMapping.refused(SnapshotRefusals.unknownSet(id.value())));
    return switch (set.phase()) {
      case READY -> Response.status(Response.Status.CREATED).entity(set).build();
      case HOLDING, TAKING, DELETING -> Response.accepted(set).build();
      case FAILED -> throw ProblemMapping.failed(set);
    };
  }

  @DELETE
  @Path("{set}")
  @Operation(
      summary = "Deletes a set with its snapshots; one that does not exist is deleted",
      description = "Ends when it is decided; the space is free when GET answers 404.")
  @APIResponse(responseCode = "202", description = "The set is being deleted")
  @APIResponse(responseCode = "204", description = "The set is gone")
  public Response delete(
      @PathParam("set") String set, @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    SnapshotSetId id = id(set);
    String command = key == null ? UUID.randomUUID().toString() : key;
    CommandOutcome outcome = sets.delete(id, new SnapshotSets.Asker(REQUESTED_BY, command));
    return switch (outcome) {
      case CommandOutcome.Done _ ->
          sets.await(id, seen -> seen.filter(SnapshotDescription::isListed).isEmpty())
              .filter(seen -> seen.phase() == SnapshotSetPhase.DELETING)
              .map(seen -> Response.accepted().build())
              .orElseGet(() -> Response.noContent().build());
      case CommandOutcome.Rejected rejected -> throw ProblemMapping.rejected(rejected);
      case CommandOutcome.Unknown unknown -> throw ProblemMapping.unknown(unknown);
    };
  }

  private static SnapshotSetId id(String set) {
    if (!SnapshotSetId.isId(set)) {
      throw ProblemMapping.refused(SnapshotRefusals.badId(set));
    }
    return new SnapshotSetId(set);
  }
}
