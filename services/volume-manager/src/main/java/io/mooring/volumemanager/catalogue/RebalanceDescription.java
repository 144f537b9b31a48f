package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.RebalanceState;
import io.mooring.schemas.ReplicaMove;
import io.mooring.schemas.ReplicaMovePhase;
import java.time.Instant;
import java.util.List;

/** A rebalance as every instance knows it, and as it is shown. */
public record RebalanceDescription(
    String id,
    RebalancePhase phase,
    boolean trial,
    String requestedBy,
    List<String> commands,
    double deviationPercent,
    double deviationBefore,
    double deviationAfter,
    List<Move> moves,
    Instant startedAt,
    Instant updatedAt,
    String correlationId) {

  /** A replica of a volume, from one pool to another; pools are written node/pool. */
  public record Move(
      int number,
      String volumeId,
      String volume,
      long sizeBytes,
      String replica,
      String from,
      String to,
      ReplicaMovePhase phase,
      String reason) {}

  static RebalanceDescription of(RebalanceState state) {
    return new RebalanceDescription(
        state.getJobId(),
        state.getPhase(),
        state.getTrial(),
        state.getRequestedBy(),
        List.copyOf(state.getCommands()),
        state.getDeviationPercent(),
        state.getDeviationBefore(),
        state.getDeviationAfter(),
        state.getMoves().stream().map(RebalanceDescription::move).toList(),
        state.getStartedAt(),
        state.getUpdatedAt(),
        state.getCorrelationId());
  }

  private static Move move(ReplicaMove move) {
    return new Move(
        move.getNumber(),
        move.getVolumeId(),
        move.getVolumeName(),
        move.getSizeBytes(),
        move.getReplicaId(),
        move.getFromNodeId() + "/" + move.getFromPoolId(),
        move.getToNodeId() + "/" + move.getToPoolId(),
        move.getPhase(),
        move.getReason());
  }
}
