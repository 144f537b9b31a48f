package io.mooring.volumeagent.rest;

import io.mooring.schemas.VolumeState;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.volumeagent.VolumeAgent;
import io.mooring.volumeagent.VolumePlane;
import io.mooring.volumeagent.export.ExportServer;
import io.mooring.volumeagent.staging.AttachedVolume;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import io.mooring.volumeagent.volumes.KnownVolume;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The volumes that concern this node. */
@Path("/volumes")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "volumes")
public class VolumeResource {

  private static final String EPOCH =
      "Epoch under which the volume was published for this; what is attached under a later one is left alone";

  private final VolumeAgent agent;
  private final VolumePlane volumes;

  VolumeResource(VolumeAgent agent) {
    this.agent = agent;
    this.volumes = agent.volumes();
  }

  @GET
  @Operation(summary = "Volumes of which this node holds a replica or runs the head")
  public List<VolumeDescription> all() {
    TreeSet<String> ids = new TreeSet<>(volumes.heads().running());
    ids.addAll(volumes.withReplica());
    volumes.directory().all().forEach(volume -> ids.add(volume.state().getVolumeId()));
    return ids.stream().map(this::describe).toList();
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One volume: what the catalogue says, the replica and the head on this node")
  @APIResponse(responseCode = "404", description = "It does not concern this node")
  public VolumeDescription one(@Parameter(name = "id") @PathParam("id") String id)
      throws StagingException {
    VolumeDescription volume = describe(id);
    if (volume.state() == null && volume.replica() == null && volume.attachment() == null) {
      throw new StagingException(
          Reason.NOT_FOUND,
          "VOL-064",
          "Volume " + id + " does not concern this node.",
          "It does not exist, or its replicas and its head are elsewhere.",
          "Ask volume-manager where it is.");
    }
    return volume;
  }

  @POST
  @Path("{id}/export")
  @Operation(
      summary = "Export a volume over NBD",
      description =
          "An attached volume is exported as it is. One that was published to this node and not staged is opened for an export for writing, and stays so until the export is taken away.")
  @APIResponse(responseCode = "201", description = "It is exported")
  @APIResponse(
      responseCode = "409",
      description =
          "It is neither attached here nor published to this node, or under another epoch, it is mounted and wanted for writing, or a task works on it")
  @APIResponse(responseCode = "503", description = "It does not serve yet; repeat the request")
  @APIResponse(responseCode = "500", description = "The NBD server cannot listen")
  public Response export(
      @PathParam("id") String id,
      @QueryParam("readOnly") @DefaultValue("true") boolean readOnly,
      @Parameter(description = EPOCH) @QueryParam("epoch") @Nullable Long epoch)
      throws StagingException {
    ExportServer.Export export = agent.exports().export(id, readOnly, given(epoch));
    return Response.status(Response.Status.CREATED)
        .entity(ExportView.of(export, agent.identity().settings()))
        .build();
  }

  @DELETE
  @Path("{id}/export")
  @Operation(
      summary = "Take an export away; its clients are disconnected",
      description =
          "A volume that was opened for the export is closed cleanly, so it can be unpublished.")
  @APIResponse(responseCode = "204", description = "It is not exported, or not any more")
  @APIResponse(responseCode = "503", description = "It could not be closed in time; repeat it")
  public void withdraw(
      @PathParam("id") String id,
      @Parameter(description = EPOCH) @QueryParam("epoch") @Nullable Long epoch)
      throws StagingException {
    agent.exports().withdraw(id, given(epoch));
  }

  private static OptionalLong given(@Nullable Long epoch) {
    return epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch);
  }

  private VolumeDescription describe(String id) {
    return new VolumeDescription(
        id,
        volumes
            .directory()
            .find(id)
            .map(KnownVolume::state)
            .map(VolumeResource::state)
            .orElse(null),
        volumes.replica(id).map(this::replica).orElse(null),
        volumes.heads().head(id).map(this::attachment).orElse(null));
  }

  private static VolumeDescription.State state(VolumeState state) {
    return new VolumeDescription.State(
        state.getName(),
        state.getSizeBytes(),
        state.getPhase().name(),
        state.getEpoch(),
        state.getGeneration(),
        state.getHolder(),
        state.getTask() == null ? null : state.getTask().getKind().name(),
        state.getReplicas().stream()
            .map(replica ->
                new VolumeDescription.Member(
                    replica.getReplicaId(),
                    replica.getNodeId(),
                    replica.getPoolId(),
                    replica.getRole().name()))
            .toList());
  }

  private VolumeDescription.Replica replica(ReplicaHost host) {
    ReplicaRecord.Superblock superblock = host.superblock();
    return new VolumeDescription.Replica(
        host.id().value(),
        superblock.promise().toString(),
        superblock.membership().generation().value(),
        superblock.sizeBytes(),
        volumes.allocatedBytes(host.volume().value()));
  }

  private VolumeDescription.Attachment attachment(VolumeHead head) {
    String id = head.volume().value();
    Optional<AttachedVolume> attached = volumes.staged().attached(id);
    AttachedVolume.Health health = volumes.heads().health(id);
    return new VolumeDescription.Attachment(
        head.promise().toString(),
        head.state().getClass().getSimpleName(),
        health.abnormal(),
        health.condition(),
        head.sizeBytes(),
        attached.map(volume -> volume.device().toString()).orElse(null),
        volumes.staged().mountPoint(id).map(java.nio.file.Path::toString).orElse(null),
        volumes.growth().problem(id).orElse(null),
        agent.exports().isExported(id),
        head.resyncs().stream()
            .map(progress ->
                new VolumeDescription.Resync(
                    progress.replica().value(),
                    progress.bytesCopied(),
                    progress.bytesCompared(),
                    progress.bytesLeft()))
            .toList());
  }
}
