package io.mooring.autopilot.rest;

import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.schemas.RuleObjectState;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where rules stand on volumes. */
@Path("/objects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "objects")
public class ObjectsResource {

  /** A rule on a volume. */
  public record RuleObject(
      String rule,
      String volumeId,
      String volume,
      String state,
      Instant since,
      String reason,
      String message,
      @Nullable String triggerId,
      @Nullable Long fromBytes,
      @Nullable Long toBytes) {}

  private final ObjectBoard board;

  ObjectsResource(AutopilotParts parts) {
    this.board = parts.objects();
  }

  @GET
  @Operation(
      summary =
          "States of rules on volumes and pools, once they were triggered; volume: id or name, or"
              + " node/pool")
  public List<RuleObject> all(
      @QueryParam("rule") @Nullable String rule, @QueryParam("volume") @Nullable String volume) {
    return board.all().stream()
        .filter(state -> rule == null || rule.equals(state.getRuleName()))
        .filter(state ->
            volume == null
                || volume.equals(state.getVolumeId())
                || volume.equals(state.getVolumeName()))
        .map(ObjectsResource::view)
        .toList();
  }

  private static RuleObject view(RuleObjectState state) {
    return new RuleObject(
        state.getRuleName(),
        state.getVolumeId(),
        state.getVolumeName(),
        state.getPhase().name(),
        state.getSince(),
        state.getReason(),
        state.getMessage(),
        state.getTriggerId(),
        state.getFromBytes(),
        state.getToBytes());
  }
}
