package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.CancelMove;
import io.mooring.schemas.MoveReplica;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.RebalanceChanged;
import io.mooring.schemas.RebalanceState;
import io.mooring.schemas.ReplicaMove;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.VolumeMove;
import io.mooring.volumemanager.rebalance.PlannedMove;
import io.mooring.volumemanager.rebalance.RebalanceJob;
import io.mooring.volumemanager.rebalance.RebalanceJob.Move;
import io.mooring.volumemanager.volume.Rejection;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/** Turns decisions about pools into records of the control topics. */
final class PoolRecordWriter {

  /** Subject of what is about all pools. */
  static final String CLUSTER = "cluster";

  private PoolRecordWriter() {}

  static RebalanceState state(RebalanceJob job) {
    return RebalanceState.newBuilder()
        .setJobId(job.id())
        .setPhase(job.phase())
        .setTrial(job.trial())
        .setRequestedBy(job.origin().requestedBy())
        .setCommands(job.commands())
        .setDeviationPercent(job.deviationPercent())
        .setDeviationBefore(job.knownDeviation().before())
        .setDeviationAfter(job.knownDeviation().after())
        .setMoves(job.moves().stream().map(PoolRecordWriter::move).toList())
        .setStartedAt(job.origin().startedAt())
        .setUpdatedAt(job.updatedAt())
        .setCorrelationId(job.origin().cause().correlationId().toString())
        .build();
  }

  static ReplicaMove move(Move move) {
    PlannedMove plan = move.plan();
    return ReplicaMove.newBuilder()
        .setNumber(move.number())
        .setVolumeId(plan.volume().value())
        .setVolumeName(plan.name())
        .setSizeBytes(plan.sizeBytes())
        .setReplicaId(plan.replica().value())
        .setFromNodeId(plan.from().node().value())
        .setFromPoolId(plan.from().name())
        .setToNodeId(plan.to().node().value())
        .setToPoolId(plan.to().name())
        .setPhase(move.phase())
        .setReason(move.reason())
        .build();
  }

  static PoolEvent changed(RebalanceJob job, double deviationNow, String reason, Instant at) {
    return event(
        CLUSTER,
        at,
        new RebalanceChanged(
            job.id(),
            job.phase(),
            job.trial(),
            job.commands(),
            job.moves().size(),
            job.count(ReplicaMovePhase.DONE),
            job.count(ReplicaMovePhase.GIVEN_UP),
            job.knownDeviation().before(),
            deviationNow,
            reason));
  }

  static PoolEvent rejected(String subject, String key, Rejection why, Instant at) {
    return event(
        subject, at, new PoolCommandRejected(key, why.code(), why.what(), why.why(), why.fix()));
  }

  static PoolEvent event(String subject, Instant at, SpecificRecord detail) {
    return new PoolEvent(subject, at, detail, null);
  }

  static VolumeMove request(RebalanceJob job, Move move, Instant expiresAt) {
    PlannedMove plan = move.plan();
    return volumeMove(
        job,
        move,
        "begin",
        expiresAt,
        new MoveReplica(plan.replica().value(), plan.to().node().value(), plan.to().name()));
  }

  static VolumeMove takeBack(RebalanceJob job, Move move, Instant expiresAt) {
    return volumeMove(job, move, "cancel", expiresAt, new CancelMove());
  }

  private static VolumeMove volumeMove(
      RebalanceJob job, Move move, String what, Instant expiresAt, SpecificRecord detail) {
    return VolumeMove.newBuilder()
        .setVolumeId(move.plan().volume().value())
        .setIdempotencyKey("%s/%d/%s".formatted(job.id(), move.number(), what))
        .setExpiresAt(expiresAt)
        .setJobId(job.id())
        .setDetail(detail)
        .build();
  }
}
