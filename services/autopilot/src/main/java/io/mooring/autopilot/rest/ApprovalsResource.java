package io.mooring.autopilot.rest;

import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.schemas.ApprovalDecision;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Actions that a person has to agree to, and what was previewed of them. */
@Path("/approvals")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "approvals")
public class ApprovalsResource {

  private static final String SOMEBODY = "rest";

  /**
   * An action that awaits approval.
   *
   * @param expectedResult what happens if it is approved
   */
  public record Approval(
      String id,
      String rule,
      String volumeId,
      String volume,
      Instant since,
      @Nullable Long fromBytes,
      @Nullable Long toBytes,
      String expectedResult) {}

  /**
   * A decision.
   *
   * @param approvalState approved or declined
   * @param by who decided, for the record
   */
  public record Decision(@Nullable String approvalState, @Nullable String by) {}

  private final ObjectBoard board;
  private final ControlTopicWriter writer;

  ApprovalsResource(AutopilotParts parts, ControlTopicWriter writer) {
    this.board = parts.objects();
    this.writer = writer;
  }

  @GET
  @Operation(summary = "All actions that await approval, with their previews")
  public List<Approval> all() {
    return board.all().stream()
        .filter(state -> state.getPhase() == RulePhase.ActionAwaitingApproval)
        .map(ApprovalsResource::view)
        .toList();
  }

  @PUT
  @Path("{id}")
  @Operation(summary = "Approves or declines; what is approved is done exactly as previewed")
  public Response decide(String id, Decision decision) {
    String given = decision.approvalState() == null ? "" : decision.approvalState();
    ApprovalDecision decided =
        switch (given) {
          case "approved" -> ApprovalDecision.APPROVE;
          case "declined" -> ApprovalDecision.DECLINE;
          default -> throw Problem.notADecision(given);
        };
    RuleObjectState awaiting =
        board
            .approval(id)
            .filter(state -> state.getPhase() == RulePhase.ActionAwaitingApproval)
            .orElseThrow(() -> Problem.unknownApproval(id));
    writer.decide(awaiting, id, decided, decision.by() == null ? SOMEBODY : decision.by());
    return Response.accepted().build();
  }

  @DELETE
  @Path("{id}")
  @Operation(summary = "Withdraws an approval; the rule asks anew if its conditions still hold")
  public Response withdraw(String id) {
    RuleObjectState about = board.approval(id).orElseThrow(() -> Problem.unknownApproval(id));
    writer.decide(about, id, ApprovalDecision.WITHDRAW, SOMEBODY);
    return Response.accepted().build();
  }

  private static Approval view(RuleObjectState state) {
    return new Approval(
        String.valueOf(state.getTriggerId()),
        state.getRuleName(),
        state.getVolumeId(),
        state.getVolumeName(),
        state.getSince(),
        state.getFromBytes(),
        state.getToBytes(),
        state.getMessage());
  }
}
