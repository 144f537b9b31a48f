package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.PoolCommandAccepted;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolExpansion;
import io.mooring.volumemanager.expansion.Expansion;
import java.time.Instant;

/** Turns expansions into records of the control topics. */
final class ExpansionRecords {

  private ExpansionRecords() {}

  static PoolExpansion state(Expansion expansion) {
    Expansion.Order order = expansion.order();
    return PoolExpansion.newBuilder()
        .setExpansionId(expansion.id())
        .setNodeId(expansion.pool().node().value())
        .setPoolId(expansion.pool().name())
        .setPhase(expansion.phase())
        .setIdempotencyKey(order.command())
        .setRequestedBy(order.requestedBy())
        .setFromBytes(order.fromBytes())
        .setToBytes(order.toBytes())
        .setCapacityBefore(order.capacityBefore())
        .setCapacityNow(expansion.progress().capacityNow())
        .setProblem(expansion.progress().problem())
        .setStartedAt(order.startedAt())
        .setUpdatedAt(expansion.progress().updatedAt())
        .setCorrelationId(order.cause().correlationId().toString())
        .build();
  }

  /** Readers that know nothing of expansions see that the command was accepted, which is true. */
  static PoolEvent event(Expansion expansion, Instant at) {
    return PoolEvent.newBuilder()
        .setSubject(expansion.pool().toString())
        .setAt(at)
        .setDetail(new PoolCommandAccepted(expansion.order().command(), expansion.id()))
        .setExpansion(state(expansion))
        .build();
  }
}
