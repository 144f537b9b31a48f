package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.SnapshotCommandAccepted;
import io.mooring.schemas.SnapshotCommandRejected;
import io.mooring.schemas.SnapshotDetached;
import io.mooring.schemas.SnapshotEvent;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMemberPhase;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.schemas.SnapshotsDeleted;
import io.mooring.schemas.SnapshotsFailed;
import io.mooring.schemas.SnapshotsStarted;
import io.mooring.schemas.SnapshotsTaken;
import io.mooring.schemas.VolumeTaskEnded;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.volumemanager.snapshot.MemberPhase;
import io.mooring.volumemanager.snapshot.SetPhase;
import io.mooring.volumemanager.snapshot.SnapshotEffect.AskForNode;
import io.mooring.volumemanager.snapshot.SnapshotEffect.Fact;
import io.mooring.volumemanager.snapshot.SnapshotSet;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.SnapshotSource.Holder;
import io.mooring.volumemanager.volume.VolumeFact;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Turns decisions about snapshot sets into records of the control topics. */
final class SnapshotRecordWriter {

  private static final String SENDER = "volume-manager";

  private SnapshotRecordWriter() {}

  static SnapshotSetState state(SnapshotSet set) {
    return SnapshotSetState.newBuilder()
        .setSetId(set.id().value())
        .setName(set.name())
        .setPhase(phase(set.phase()))
        .setMembers(set.members().stream().map(SnapshotRecordWriter::member).toList())
        .setLabels(set.labels())
        .setCommands(set.origin().commands())
        .setRequestedBy(set.origin().requestedBy())
        .setReason(
            set.phase() instanceof SetPhase.Failed failed
                ? failed.code() + " " + failed.reason()
                : "")
        .setDeadline(deadline(set.phase()))
        .setCreatedAt(set.origin().createdAt())
        .setTakenAt(set.takenAt())
        .setUpdatedAt(set.updatedAt())
        .setCorrelationId(set.origin().cause().correlationId().toString())
        .build();
  }

  static SnapshotSetPhase phase(SetPhase phase) {
    return switch (phase) {
      case SetPhase.Holding _ -> SnapshotSetPhase.HOLDING;
      case SetPhase.Taking _ -> SnapshotSetPhase.TAKING;
      case SetPhase.Ready _ -> SnapshotSetPhase.READY;
      case SetPhase.Failed _ -> SnapshotSetPhase.FAILED;
      case SetPhase.Deleting _ -> SnapshotSetPhase.DELETING;
    };
  }

  private static @Nullable Instant deadline(SetPhase phase) {
    return switch (phase) {
      case SetPhase.Holding holding -> holding.deadline();
      case SetPhase.Taking taking -> taking.deadline();
      case SetPhase.Ready _ -> null;
      case SetPhase.Failed _ -> null;
      case SetPhase.Deleting _ -> null;
    };
  }

  private static SnapshotMember member(SnapshotSet.Member member) {
    SnapshotMember.Builder builder =
        SnapshotMember.newBuilder()
            .setVolumeId(member.volume().value())
            .setVolumeName(member.volumeName())
            .setSnapshotId(member.snapshotId())
            .setSizeBytes(0);
    return switch (member.phase()) {
      case MemberPhase.Waiting _ -> builder.setPhase(SnapshotMemberPhase.WAITING).build();
      case MemberPhase.Held held ->
          builder.setPhase(SnapshotMemberPhase.HELD).setEpoch(held.epoch()).build();
      case MemberPhase.Taken taken ->
          builder
              .setPhase(SnapshotMemberPhase.TAKEN)
              .setEpoch(taken.epoch())
              .setSizeBytes(taken.sizeBytes())
              .setHolders(taken.holders().stream().map(SnapshotRecordWriter::holder).toList())
              .setHeldMs(taken.heldMs())
              .build();
      case MemberPhase.Missed missed ->
          builder.setPhase(SnapshotMemberPhase.MISSED).setReason(missed.reason()).build();
    };
  }

  private static SnapshotHolder holder(Holder holder) {
    return new SnapshotHolder(holder.replica().value(), holder.node().value());
  }

  static SnapshotEvent event(SnapshotSetId set, Fact fact, Instant at) {
    return new SnapshotEvent(set.value(), at, detail(fact));
  }

  private static SpecificRecord detail(Fact fact) {
    return switch (fact) {
      case Fact.Started(List<VolumeId> volumes) -> new SnapshotsStarted(ids(volumes));
      case Fact.Taken(List<VolumeId> volumes, long heldMsMax) ->
          new SnapshotsTaken(ids(volumes), heldMsMax);
      case Fact.Failed(String code, String reason) -> new SnapshotsFailed(code, reason);
      case Fact.Deleted _ -> new SnapshotsDeleted();
      case Fact.Accepted(String key) -> new SnapshotCommandAccepted(key);
      case Fact.Rejected rejected ->
          new SnapshotCommandRejected(
              rejected.idempotencyKey(),
              rejected.rejection().code(),
              rejected.rejection().what(),
              rejected.rejection().why(),
              rejected.rejection().fix());
    };
  }

  private static List<String> ids(List<VolumeId> volumes) {
    return volumes.stream().map(VolumeId::value).toList();
  }

  static VolumeTaskRecord request(AskForNode ask) {
    return VolumeTaskRecord.newBuilder()
        .setVolumeId(ask.snapshot().volume().value())
        .setIdempotencyKey(ask.idempotencyKey())
        .setExpiresAt(ask.expiresAt())
        .setSender(SENDER)
        .setDetail(new SnapshotDetached(ask.snapshot().setId(), ask.snapshot().snapshotId()))
        .build();
  }

  /** Work on a volume belongs to the story of the set that it reads or makes. */
  static SnapshotEvent taskEnded(VolumeId volume, VolumeFact.TaskEnded ended, Instant at) {
    return new SnapshotEvent(
        ended.task().snapshot().setId(),
        at,
        new VolumeTaskEnded(
            volume.value(), ended.task().kind(), ended.done(), ended.bytes(), ended.reason()));
  }
}
