package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.CancelMove;
import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DeleteVolume;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.HeadAttached;
import io.mooring.schemas.HeadDetached;
import io.mooring.schemas.HeadFenced;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.MoveReplica;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.ReplicaCaughtUp;
import io.mooring.schemas.ReplicaFenced;
import io.mooring.schemas.ReplicaLost;
import io.mooring.schemas.ReplicaRemoved;
import io.mooring.schemas.ReplicaUnusable;
import io.mooring.schemas.RestoreVolume;
import io.mooring.schemas.SetReplicaCount;
import io.mooring.schemas.SnapshotDetached;
import io.mooring.schemas.TaskDone;
import io.mooring.schemas.TaskFailed;
import io.mooring.schemas.UnpublishVolume;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeGrown;
import io.mooring.schemas.VolumeMounted;
import io.mooring.schemas.VolumeMove;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeSource;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.volumemanager.volume.AgentReport;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.CommandReference;
import io.mooring.volumemanager.volume.Epoch;
import io.mooring.volumemanager.volume.Generation;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Purpose;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeInput;
import io.mooring.volumemanager.volume.VolumeRequest;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of the control topics into inputs of the decider. A value that no writer of ours
 * would produce, such as a malformed id, is an {@link IllegalArgumentException}.
 */
final class InputReader {

  /** Bounds the wait of commands that do not say how long they are wanted. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(1);

  private InputReader() {}

  static Cause cause(EventHeaders headers) {
    return new Cause(headers.id(), headers.correlationId());
  }

  static VolumeInput.Command command(VolumeCommand command, Cause cause, Instant now) {
    Instant expiresAt = command.getExpiresAt();
    CommandReference reference =
        new CommandReference(
            new VolumeId(command.getVolumeId()),
            cause,
            command.getIdempotencyKey(),
            expiresAt == null ? now.plus(DEFAULT_LIFETIME) : expiresAt);
    return new VolumeInput.Command(reference, request(command.getDetail()));
  }

  static VolumeInput.Command move(VolumeMove move, Cause cause, Instant now) {
    Instant expiresAt = move.getExpiresAt();
    CommandReference reference =
        new CommandReference(
            new VolumeId(move.getVolumeId()),
            cause,
            move.getIdempotencyKey(),
            expiresAt == null ? now.plus(DEFAULT_LIFETIME) : expiresAt);
    VolumeRequest request =
        switch (move.getDetail()) {
          case MoveReplica wanted ->
              new VolumeRequest.Move(
                  new ReplicaId(wanted.getReplicaId()),
                  new PoolId(new NodeId(wanted.getToNodeId()), wanted.getToPoolId()));
          case CancelMove _ -> new VolumeRequest.CancelMove();
          default -> throw unknown(move.getDetail());
        };
    return new VolumeInput.Command(reference, request);
  }

  private static VolumeRequest request(Object detail) {
    return switch (detail) {
      case CreateVolume create ->
          new VolumeRequest.Create(
              create.getName(),
              create.getSizeBytes(),
              create.getParameters(),
              node(create.getPreferredNode()),
              source(create.getSource()),
              new Purpose(create.getFilledFor()));
      case DeleteVolume _ -> new VolumeRequest.Delete();
      case PublishVolume publish ->
          new VolumeRequest.Publish(
              new NodeId(publish.getNodeId()),
              new Purpose(publish.getPurpose()),
              epoch(publish.getUntouchedSince()),
              publish.getFills());
      case UnpublishVolume unpublish ->
          new VolumeRequest.Unpublish(
              node(unpublish.getNodeId()),
              unpublish.getForce(),
              unpublish.getPurpose() == null ? null : new Purpose(unpublish.getPurpose()),
              epoch(unpublish.getFilledEpoch()));
      case ExpandVolume expand -> new VolumeRequest.Expand(expand.getSizeBytes());
      case SetReplicaCount count ->
          new VolumeRequest.SetReplicaCount(count.getRepl(), node(count.getNodeId()));
      default -> throw unknown(detail);
    };
  }

  private static VolumeRequest.@Nullable Source source(@Nullable VolumeSource source) {
    return source == null
        ? null
        : new VolumeRequest.Source(source.getSetId(), new VolumeId(source.getVolumeId()));
  }

  /** A request for work on a volume, or a report about it. */
  static VolumeInput task(VolumeTaskRecord record, Cause cause, Instant now) {
    return switch (record.getDetail()) {
      case RestoreVolume restore ->
          asked(
              record,
              cause,
              now,
              new VolumeRequest.Restore(restore.getSetId(), restore.getSnapshotId()));
      case SnapshotDetached wanted ->
          asked(
              record,
              cause,
              now,
              new VolumeRequest.SnapshotDetached(wanted.getSetId(), wanted.getSnapshotId()));
      case TaskDone done ->
          said(
              record,
              cause,
              done.getEpoch(),
              new AgentReport.TaskDone(done.getTaskId(), done.getBytes()));
      case TaskFailed failed ->
          said(
              record,
              cause,
              failed.getEpoch(),
              new AgentReport.TaskFailed(failed.getTaskId(), failed.getCode(), failed.getReason()));
      default -> throw unknown(record.getDetail());
    };
  }

  private static VolumeInput asked(
      VolumeTaskRecord record, Cause cause, Instant now, VolumeRequest request) {
    Instant expiresAt = record.getExpiresAt();
    return new VolumeInput.Command(
        new CommandReference(
            new VolumeId(record.getVolumeId()),
            cause,
            record.getIdempotencyKey(),
            expiresAt == null ? now.plus(DEFAULT_LIFETIME) : expiresAt),
        request);
  }

  /** Work ends with its epoch; which generation it saw does not matter. */
  private static VolumeInput said(
      VolumeTaskRecord record, Cause cause, long epoch, AgentReport report) {
    return new VolumeInput.Report(
        cause, new NodeId(record.getSender()), new Epoch(epoch), new Generation(0), report);
  }

  static VolumeInput.Report report(VolumeReport report, Cause cause) {
    return new VolumeInput.Report(
        cause,
        new NodeId(report.getNodeId()),
        new Epoch(report.getEpoch()),
        new Generation(report.getGeneration()),
        detail(report.getDetail()));
  }

  private static AgentReport detail(Object detail) {
    return switch (detail) {
      case ReplicaLost lost ->
          new AgentReport.ReplicaLost(new ReplicaId(lost.getReplicaId()), lost.getReason());
      case ReplicaCaughtUp caughtUp ->
          new AgentReport.ReplicaCaughtUp(
              new ReplicaId(caughtUp.getReplicaId()),
              caughtUp.getBytesCopied(),
              caughtUp.getBytesHeld());
      case ReplicaFenced fenced ->
          new AgentReport.ReplicaFenced(
              new ReplicaId(fenced.getReplicaId()), new Epoch(fenced.getPromisedEpoch()));
      case ReplicaRemoved removed ->
          new AgentReport.ReplicaRemoved(new ReplicaId(removed.getReplicaId()));
      case ReplicaUnusable unusable ->
          new AgentReport.ReplicaUnusable(
              new ReplicaId(unusable.getReplicaId()), unusable.getCode(), unusable.getReason());
      case HeadServing _ -> new AgentReport.HeadServing();
      case HeadAttached attached -> new AgentReport.HeadAttached(attached.getDevice());
      case HeadDetached _ -> new AgentReport.HeadDetached();
      case HeadFenced fenced -> new AgentReport.HeadFenced(new Epoch(fenced.getPromisedEpoch()));
      case VolumeGrown grown ->
          new AgentReport.VolumeGrown(grown.getSizeBytes(), grown.getFsBytes());
      case VolumeMounted mounted -> new AgentReport.VolumeMounted(mounted.getPath());
      default -> throw unknown(detail);
    };
  }

  private static @Nullable Epoch epoch(@Nullable Long value) {
    return value == null ? null : new Epoch(value);
  }

  private static @Nullable NodeId node(@Nullable String id) {
    return id == null || id.isEmpty() ? null : new NodeId(id);
  }

  private static IllegalArgumentException unknown(Object detail) {
    return new IllegalArgumentException("unknown detail " + detail.getClass().getSimpleName());
  }
}
