package io.mooring.failoverdetector.rest;

import io.mooring.failoverdetector.liveness.NodeStatus;
import io.mooring.failoverdetector.liveness.NodeView;
import io.mooring.failoverdetector.stream.DetectorBoard.Picture;
import io.mooring.schemas.ProbeOutcome;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Nodes as the detector sees them. */
@Path("/nodes")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "nodes")
public class NodesResource {

  /** State of a node. */
  public enum State {
    ALIVE,
    SUSPECTED,
    DOWN
  }

  /** What a peer sees of the node. */
  public record Vote(String observer, ProbeOutcome outcome, long sinceMs, boolean hasVote) {}

  /**
   * A node.
   *
   * @param since when it was suspected or judged down; null while it is alive
   * @param correlationId incident of the suspicion or judgement; null while it is alive
   */
  public record Node(
      String nodeId,
      String incarnation,
      State state,
      @Nullable Instant since,
      @Nullable UUID correlationId,
      double phi,
      long lastBeatAgeMs,
      List<Vote> votes,
      Set<String> sickPools) {}

  private final LiveBoard board;

  NodesResource(LiveBoard board) {
    this.board = board;
  }

  @GET
  @Operation(summary = "All nodes: state, suspicion, age of the last beat, votes of the peers")
  public List<Node> all() {
    return picture().nodes().stream().map(NodesResource::node).toList();
  }

  @GET
  @Path("/{nodeId}")
  @Operation(summary = "One node")
  public Node one(String nodeId) {
    return picture().nodes().stream()
        .filter(node -> node.nodeId().equals(nodeId))
        .findFirst()
        .map(NodesResource::node)
        .orElseThrow(() ->
            new Problem(
                    "DET-004",
                    "Node '" + nodeId + "' is not known.",
                    "No heartbeat of it was ever received.",
                    "Look at GET /nodes, and at the log of the node's agent.")
                .as(Response.Status.NOT_FOUND));
  }

  private Picture picture() {
    return board.picture().orElseThrow(Problem::standby);
  }

  private static Node node(NodeView view) {
    List<Vote> votes =
        view.observations().stream()
            .map(o -> new Vote(o.getObserver(), o.getOutcome(), o.getSinceMs(), o.getHasVote()))
            .toList();
    return switch (view.status()) {
      case NodeStatus.Alive _ -> node(view, State.ALIVE, null, null, votes);
      case NodeStatus.Suspected s ->
          node(view, State.SUSPECTED, s.sinceMs(), s.trace().correlationId(), votes);
      case NodeStatus.Down d ->
          node(view, State.DOWN, d.sinceMs(), d.trace().correlationId(), votes);
    };
  }

  private static Node node(
      NodeView view,
      State state,
      @Nullable Long sinceMs,
      @Nullable UUID correlationId,
      List<Vote> votes) {
    return new Node(
        view.nodeId(),
        view.incarnation(),
        state,
        sinceMs == null ? null : Instant.ofEpochMilli(sinceMs),
        correlationId,
        view.phi(),
        view.lastBeatAgeMs(),
        votes,
        view.sickPools());
  }
}
