package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolExpansion;
import java.time.Instant;

/**
 * The newest expansion of a pool as every instance knows it, and as it is shown.
 *
 * @param pool node/pool
 * @param problem what hinders it, empty if nothing is known to
 */
public record ExpansionDescription(
    String id,
    String pool,
    ExpansionPhase phase,
    String command,
    String requestedBy,
    long fromBytes,
    long toBytes,
    long capacityBefore,
    long capacityNow,
    String problem,
    Instant startedAt,
    Instant updatedAt,
    String correlationId) {

  static ExpansionDescription of(PoolExpansion state) {
    return new ExpansionDescription(
        state.getExpansionId(),
        state.getNodeId() + "/" + state.getPoolId(),
        state.getPhase(),
        state.getIdempotencyKey(),
        state.getRequestedBy(),
        state.getFromBytes(),
        state.getToBytes(),
        state.getCapacityBefore(),
        state.getCapacityNow(),
        state.getProblem(),
        state.getStartedAt(),
        state.getUpdatedAt(),
        state.getCorrelationId());
  }
}
