package io.mooring.volumemanager.rest;

import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DeleteVolume;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.RestoreVolume;
import io.mooring.schemas.SetReplicaCount;
import io.mooring.schemas.UnpublishVolume;
import io.mooring.schemas.VolumeSource;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.SnapshotDescription;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.history.HistoryEntry;
import io.mooring.volumemanager.history.VolumeHistory;
import io.mooring.volumemanager.query.SnapshotSets;
import io.mooring.volumemanager.query.VolumeDescription;
import io.mooring.volumemanager.query.VolumeReader;
import io.mooring.volumemanager.snapshot.SnapshotRefusals;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Purpose;
import io.mooring.volumemanager.volume.VolumeId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * Volumes. Where a volume is named in the path, its id or its name will do. Changes are commands
 * like those of CSI: each waits for the decision of whichever instance owns the volume.
 */
@Path("/volumes")
@Tag(name = "volumes")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumesResource {

  private static final String REQUESTED_BY = "rest";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** A volume to be created; one that is filled for a purpose is half until that is done. */
  public record Creation(
      @Nullable String name,
      long sizeBytes,
      @Nullable Map<String, String> parameters,
      @Nullable String preferredNode,
      @Nullable Source source,
      @Nullable String filledFor) {}

  /** A snapshot with which a new volume is filled; its set, and which volume of the set. */
  public record Source(@Nullable String setId, @Nullable String volume) {}

  /** The set to whose snapshot a volume goes back. */
  public record Restoration(@Nullable String setId) {}

  /** A new size. */
  public record Expansion(long sizeBytes) {}

  /** A new number of replicas; the node is one to add to or to remove from. */
  public record ReplicaCount(int repl, @Nullable String node) {}

  /**
   * A node that gets the volume, and what for; without a purpose it is an ordinary attach. With an
   * epoch it is refused if somebody had the volume after that for anything but the purpose. Who
   * fills it writes all of its content anew.
   */
  public record Publication(
      @Nullable String node,
      @Nullable String purpose,
      @Nullable Long untouchedSince,
      boolean fills) {}

  /**
   * Without a node: from wherever it is; without a purpose: whatever it is published for. Force
   * fences instead of waiting for a clean close. With an epoch only the publication of that epoch
   * ends, and all of the content was written under it: the volume is whole.
   */
  public record Withdrawal(
      @Nullable String node, boolean force, @Nullable String purpose, @Nullable Long filledEpoch) {}

  /** What a command led to. */
  public record Result(String volumeId, String outcome, long epoch, UUID correlationId) {}

  private final VolumeManager manager;
  private final VolumeReader volumes;
  private final SnapshotSets snapshots;
  private final VolumeHistory history;

  VolumesResource(
      VolumeManager manager, VolumeReader volumes, SnapshotSets snapshots, VolumeHistory history) {
    this.manager = manager;
    this.volumes = volumes;
    this.snapshots = snapshots;
    this.history = history;
  }

  @GET
  @Operation(summary = "All volumes, or with scope=local those that this instance decides on")
  public List<VolumeDescription> list(@QueryParam("scope") @DefaultValue("all") String scope) {
    return isLocal(scope) ? volumes.listLocal() : volumes.list();
  }

  @GET
  @Path("{volume}")
  @Operation(summary = "One volume")
  public VolumeDescription get(
      @PathParam("volume") String volume, @QueryParam("scope") @DefaultValue("all") String scope) {
    VolumeId id = VolumeId.ofIdOrName(volume);
    return (isLocal(scope) ? volumes.findLocal(id) : volumes.find(id))
        .orElseThrow(() -> ProblemMapping.unknownVolume(id));
  }

  @GET
  @Path("{volume}/explain")
  @Operation(summary = "What happened to a volume, with what led to each step")
  public List<HistoryEntry> explain(
      @PathParam("volume") String volume, @QueryParam("since") @Nullable String since) {
    return history.of(VolumeId.ofIdOrName(volume), startOf(since));
  }

  @POST
  @Operation(
      summary = "Creates a volume, empty or with the content of a snapshot; idempotent by name",
      description =
          "With a source, sizeBytes 0 means that of the snapshot, and the volume can be published"
              + " when GET shows no task any more.")
  public Result create(
      @Nullable Creation creation, @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (creation == null || creation.name() == null || creation.name().isEmpty()) {
      throw ProblemMapping.malformed("The body has no name.");
    }
    return send(
        VolumeId.ofName(creation.name()),
        CreateVolume.newBuilder()
            .setName(creation.name())
            .setSizeBytes(creation.sizeBytes())
            .setParameters(creation.parameters() == null ? Map.of() : creation.parameters())
            .setPreferredNode(creation.preferredNode())
            .setSource(source(creation.source()))
            .setFilledFor(creation.filledFor() == null ? "" : checkedPurpose(creation.filledFor()))
            .build(),
        key);
  }

  private static @Nullable VolumeSource source(@Nullable Source source) {
    if (source == null) {
      return null;
    }
    if (source.setId() == null || source.volume() == null) {
      throw ProblemMapping.malformed("The source lacks setId or volume.");
    }
    return new VolumeSource(source.setId(), VolumeId.ofIdOrName(source.volume()).value());
  }

  @POST
  @Path("{volume}/restore")
  @ResponseStatus(202)
  @Operation(
      summary = "Makes a detached volume what it was at one of its snapshots",
      description =
          "Ends when it is accepted. The volume can be published when GET shows no task any more.")
  public Result restore(
      @PathParam("volume") String volume,
      @Nullable Restoration wanted,
      @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (wanted == null || wanted.setId() == null) {
      throw ProblemMapping.malformed("The body has no setId.");
    }
    String set = wanted.setId();
    if (!SnapshotSetId.isId(set)) {
      throw ProblemMapping.refused(SnapshotRefusals.badId(set));
    }
    VolumeId id = VolumeId.ofIdOrName(volume);
    // A set without the volume is refused where it is decided, with everything else.
    String snapshotId =
        snapshots
            .find(new SnapshotSetId(set))
            .orElseThrow(() -> ProblemMapping.refused(SnapshotRefusals.unknownSet(set)))
            .of(id.value())
            .map(SnapshotDescription.Member::snapshotId)
            .orElse("");
    return result(
        id,
        manager
            .connected()
            .commands()
            .restore(
                id,
                new RestoreVolume(set, snapshotId),
                REQUESTED_BY,
                manager.config().commandTimeout(),
                key));
  }

  @DELETE
  @Path("{volume}")
  @Operation(
      summary = "Deletes a detached volume with its data; one that does not exist is deleted")
  public Result delete(
      @PathParam("volume") String volume, @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    return send(VolumeId.ofIdOrName(volume), new DeleteVolume(), key);
  }

  @POST
  @Path("{volume}/expand")
  @Operation(summary = "Grows a volume, online")
  public Result expand(
      @PathParam("volume") String volume,
      @Nullable Expansion expansion,
      @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (expansion == null) {
      throw ProblemMapping.malformed("The body has no sizeBytes.");
    }
    return send(VolumeId.ofIdOrName(volume), new ExpandVolume(expansion.sizeBytes()), key);
  }

  @POST
  @Path("{volume}/replicas")
  @Operation(summary = "Sets the number of replicas")
  public Result replicas(
      @PathParam("volume") String volume,
      @Nullable ReplicaCount count,
      @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (count == null) {
      throw ProblemMapping.malformed("The body has no repl.");
    }
    return send(VolumeId.ofIdOrName(volume), new SetReplicaCount(count.repl(), count.node()), key);
  }

  @POST
  @Path("{volume}/publish")
  @Operation(
      summary = "Gives a volume to a node, as CSI ControllerPublishVolume does",
      description =
          "Refused while it is published for another purpose (VOL-037), and, with untouchedSince, if"
              + " it was published for another purpose after that epoch (VOL-038). With fills it is"
              + " half until unpublish names the epoch under which it was filled; a volume that is"
              + " half is refused to whoever does not fill it (VOL-039).")
  public Result publish(
      @PathParam("volume") String volume,
      @Nullable Publication publication,
      @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    if (publication == null || publication.node() == null || publication.node().isBlank()) {
      throw ProblemMapping.malformed("The body has no node.");
    }
    String purpose = publication.purpose() == null ? "" : publication.purpose();
    if (publication.fills() && purpose.isEmpty()) {
      throw ProblemMapping.malformed("The body has no purpose, and fills the volume.");
    }
    return send(
        VolumeId.ofIdOrName(volume),
        new PublishVolume(
            publication.node(),
            checkedPurpose(purpose),
            publication.untouchedSince(),
            publication.fills()),
        key);
  }

  @POST
  @Path("{volume}/unpublish")
  @Operation(summary = "Takes a volume back, as CSI ControllerUnpublishVolume does, or by force")
  public Result unpublish(
      @PathParam("volume") String volume,
      @Nullable Withdrawal withdrawal,
      @HeaderParam(IDEMPOTENCY_KEY) @Nullable String key) {
    Withdrawal wanted = withdrawal == null ? new Withdrawal(null, false, null, null) : withdrawal;
    String purpose = wanted.purpose() == null ? null : checkedPurpose(wanted.purpose());
    if (wanted.filledEpoch() != null && (purpose == null || purpose.isEmpty())) {
      throw ProblemMapping.malformed("The body has no purpose for which it was filled.");
    }
    return send(
        VolumeId.ofIdOrName(volume),
        new UnpublishVolume(wanted.node(), wanted.force(), purpose, wanted.filledEpoch()),
        key);
  }

  private static String checkedPurpose(String purpose) {
    try {
      return new Purpose(purpose).text();
    } catch (IllegalArgumentException e) {
      throw ProblemMapping.malformed("The purpose cannot be used: " + e.getMessage() + ".");
    }
  }

  private Result send(VolumeId id, SpecificRecord command, @Nullable String key) {
    return result(
        id,
        manager
            .connected()
            .commands()
            .send(id, command, REQUESTED_BY, manager.config().commandTimeout(), key));
  }

  private static Result result(VolumeId id, CommandOutcome outcome) {
    return switch (outcome) {
      case CommandOutcome.Done done ->
          new Result(
              id.value(), done.fact().getSchema().getName(), done.epoch(), done.correlationId());
      case CommandOutcome.Rejected rejected -> throw ProblemMapping.rejected(rejected);
      case CommandOutcome.Unknown unknown -> throw ProblemMapping.unknown(unknown);
    };
  }

  private static boolean isLocal(String scope) {
    return scope.equals("local");
  }

  private static Instant startOf(@Nullable String since) {
    if (since == null || since.isBlank()) {
      return Instant.now().minus(Duration.ofDays(1));
    }
    try {
      return since.startsWith("P")
          ? Instant.now().minus(Duration.parse(since))
          : Instant.parse(since);
    } catch (DateTimeParseException _) {
      throw ProblemMapping.malformed(
          "since is '%s', which is neither a time nor a duration such as PT2H.".formatted(since));
    }
  }
}
