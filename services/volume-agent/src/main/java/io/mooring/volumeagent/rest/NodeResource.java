package io.mooring.volumeagent.rest;

import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.PoolDrive;
import io.mooring.schemas.PoolHealth;
import io.mooring.volumeagent.VolumeAgent;
import io.mooring.volumeagent.node.GrowableDrive;
import io.mooring.volumeagent.node.PoolCanary;
import io.mooring.volumeagent.node.PoolSpace;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The node itself: its pools, and its peers as it sees them. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "node")
public class NodeResource {

  /** A pool of this node. */
  public record PoolView(
      String poolId,
      String path,
      String priority,
      long capacityBytes,
      long freeBytes,
      boolean healthy,
      long canaryMicros,
      @Nullable String error,
      @Nullable DriveView drive) {

    static PoolView of(PoolCanary canary) {
      PoolHealth health = canary.health();
      PoolSpace space = canary.space();
      return new PoolView(
          canary.pool().poolId(),
          canary.pool().path().toString(),
          canary.pool().priority().name(),
          space.capacityBytes(),
          space.freeBytes(),
          health.getHealthy(),
          health.getCanaryMicros(),
          health.getError(),
          canary.drive().flatMap(GrowableDrive::description).map(DriveView::of).orElse(null));
    }
  }

  /** The drive below a pool that the agent may grow. */
  public record DriveView(long sizeBytes, long maxBytes, String problem) {

    static DriveView of(PoolDrive drive) {
      return new DriveView(drive.getSizeBytes(), drive.getMaxBytes(), drive.getProblem());
    }
  }

  /** A peer and what probes of it say. */
  public record PeerView(
      String nodeId, String host, String outcome, long sinceMs, long roundTripMicros) {}

  private final VolumeAgent agent;

  NodeResource(VolumeAgent agent) {
    this.agent = agent;
  }

  @GET
  @Path("pools")
  @Operation(summary = "Pools of this node with space and the result of the newest test write")
  public List<PoolView> pools() {
    return agent.presence().canaries().stream().map(PoolView::of).toList();
  }

  @GET
  @Path("peers")
  @Operation(summary = "Peers that this node probes, and for how long it has seen what")
  public List<PeerView> peers() {
    return agent.presence().prober().observations().stream().map(this::view).toList();
  }

  private PeerView view(PeerObservation seen) {
    return new PeerView(
        seen.getNodeId(),
        agent.directory().node(seen.getNodeId()).map(NodeDescriptor::getHost).orElse(""),
        seen.getOutcome().name(),
        seen.getSinceMs(),
        seen.getRttMicros());
  }
}
