package io.mooring.volumeagent.rest;

import io.mooring.storage.blockstore.ReplicaFileException;
import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.blockstore.SnapshotReader;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.replication.Invariants;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.SnapshotPlane;
import io.mooring.volumeagent.VolumeAgent;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The snapshots that replicas of this node hold. */
@Path("/volumes/{id}/snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "snapshots")
public class SnapshotResource {

  /**
   * A snapshot on this node's replica.
   *
   * @param setId set that it belongs to; null if none lists it, so that it is about to be deleted
   * @param phase of the set
   * @param takenAt moment that it shows, null while it is being taken
   */
  public record SnapshotView(
      String snapshotId,
      String replicaId,
      long sizeBytes,
      @Nullable String setId,
      @Nullable String setName,
      @Nullable String phase,
      @Nullable Instant takenAt,
      boolean exported) {}

  /** A range in which two snapshots may differ. */
  public record ExtentView(long offset, long length) {}

  private final VolumeAgent agent;
  private final SnapshotPlane snapshots;

  SnapshotResource(VolumeAgent agent) {
    this.agent = agent;
    this.snapshots = agent.snapshots();
  }

  @GET
  @Operation(summary = "Snapshots that the replica on this node keeps, oldest first")
  @APIResponse(responseCode = "404", description = "No usable replica of the volume is here")
  public List<SnapshotView> all(@PathParam("id") String id) throws StagingException {
    ReplicaHost replica = replica(id);
    return replica.snapshots().list().stream().map(held -> view(replica, held)).toList();
  }

  private ReplicaHost replica(String volumeId) throws StagingException {
    return agent
        .volumes()
        .replica(volumeId)
        .orElseThrow(() ->
            new StagingException(
                Reason.NOT_FOUND,
                "VOL-064",
                "Volume " + volumeId + " has no usable replica on this node.",
                "It does not exist, or its replicas are elsewhere.",
                "Ask volume-manager where they are."));
  }

  private SnapshotView view(ReplicaHost replica, ReplicaSnapshots.Held held) {
    String volumeId = replica.volume().value();
    String snapshotId = held.id().value();
    Optional<SnapshotSets.Listed> set = snapshots.sets().listed(volumeId, snapshotId);
    return new SnapshotView(
        snapshotId,
        replica.id().value(),
        held.sizeBytes(),
        set.map(SnapshotSets.Listed::setId).orElse(null),
        set.map(SnapshotSets.Listed::setName).orElse(null),
        set.map(SnapshotSets.Listed::phase).orElse(null),
        set.map(SnapshotSets.Listed::takenAt).orElse(null),
        snapshots.exports().isExported(volumeId, snapshotId));
  }

  @POST
  @Path("{snapshotId}/export")
  @Operation(
      summary = "Export a snapshot over NBD, read-only",
      description =
          "Ask again before each connection: an export without clients is taken away after 15 minutes.")
  @APIResponse(responseCode = "201", description = "It is exported")
  @APIResponse(
      responseCode = "404",
      description = "No replica here holds it, or its set is not complete or is being deleted")
  @APIResponse(responseCode = "500", description = "The NBD server cannot listen")
  public Response export(@PathParam("id") String id, @PathParam("snapshotId") String snapshotId)
      throws StagingException {
    return Response.status(Response.Status.CREATED)
        .entity(
            ExportView.of(snapshots.exports().export(id, snapshotId), agent.identity().settings()))
        .build();
  }

  @DELETE
  @Path("{snapshotId}/export")
  @Operation(summary = "Take the export of a snapshot away; its clients are disconnected")
  @APIResponse(responseCode = "204", description = "It is not exported, or not any more")
  public void withdraw(@PathParam("id") String id, @PathParam("snapshotId") String snapshotId) {
    snapshots.exports().withdraw(id, snapshotId);
  }

  @GET
  @Path("{snapshotId}/changes")
  @Operation(
      summary = "Ranges in which a snapshot may differ from an older one, ascending",
      description = "Everything else is equal. Behind the end of a smaller snapshot are zeros.")
  @APIResponse(responseCode = "400", description = "The older one or the range makes no sense")
  @APIResponse(responseCode = "404", description = "No replica here holds the snapshot")
  @APIResponse(
      responseCode = "409",
      description = "The other one is not an older snapshot that is held here: read everything")
  public List<ExtentView> changes(
      @PathParam("id") String id,
      @PathParam("snapshotId") String snapshotId,
      @Parameter(description = "The older snapshot") @QueryParam("since") @Nullable String since,
      @Parameter(description = "First byte of interest") @QueryParam("from") @DefaultValue("0")
          long from,
      @Parameter(description = "First byte behind it; the end of the snapshot if it is not given")
          @QueryParam("to")
          @Nullable Long to)
      throws StagingException {
    ReplicaHost replica = snapshots.exports().holder(id, snapshotId);
    SnapshotId older = older(since);
    try {
      SnapshotReader snapshot = replica.snapshots().open(new SnapshotId(snapshotId));
      long end = to == null ? snapshot.sizeBytes() : Math.min(to, snapshot.sizeBytes());
      if (from < 0 || from > end) {
        throw invalid("The range from %d to %d is none of the snapshot.".formatted(from, end));
      }
      List<ExtentView> changes = new ArrayList<>();
      snapshot.visitChangedSince(
          older, from, end, (offset, length) -> changes.add(new ExtentView(offset, length)));
      return changes;
    } catch (ReplicaFileException e) {
      throw new StagingException(
          Reason.CONFLICT,
          "SNP-068",
          "Snapshots " + snapshotId + " and " + since + " cannot be compared on this node.",
          String.valueOf(e.getMessage()),
          "Ask another holder, or read the whole snapshot.",
          e);
    } catch (IOException e) {
      throw new StagingException(
          Reason.FAILED,
          "SNP-065",
          "Snapshot " + snapshotId + " cannot be read on this node.",
          String.valueOf(e.getMessage()) + ".",
          "Ask another holder.",
          e);
    }
  }

  private static SnapshotId older(@Nullable String since) throws StagingException {
    if (since == null) {
      throw invalid("The query parameter since is missing.");
    }
    try {
      return new SnapshotId(since);
    } catch (Invariants.Violation e) {
      throw invalid(String.valueOf(e.getMessage()) + ".");
    }
  }

  private static StagingException invalid(String what) {
    return new StagingException(
        Reason.INVALID,
        "SNP-069",
        what,
        "Changes are told between two snapshots of a volume, within the newer one.",
        "See the OpenAPI document at /q/openapi.");
  }
}
