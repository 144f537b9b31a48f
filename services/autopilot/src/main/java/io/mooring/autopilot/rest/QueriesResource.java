package io.mooring.autopilot.rest;

import io.mooring.autopilot.prometheus.QueryBoard;
import io.mooring.autopilot.prometheus.QueryBoard.Standing;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Queries that a monitoring server is asked. */
@Path("/queries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queries")
public class QueriesResource {

  private final QueryBoard board;

  QueriesResource(QueryBoard board) {
    this.board = board;
  }

  @GET
  @Operation(
      summary = "Queries of the rules on this instance's volumes and pools, and how they fare")
  public List<Standing> all() {
    return board.all();
  }
}
