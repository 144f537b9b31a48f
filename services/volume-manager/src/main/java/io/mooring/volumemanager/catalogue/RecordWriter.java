package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.CommandAccepted;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ReplicaPlaced;
import io.mooring.schemas.ReplicaRetired;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumeAttached;
import io.mooring.schemas.VolumeCreated;
import io.mooring.schemas.VolumeDegraded;
import io.mooring.schemas.VolumeDeleted;
import io.mooring.schemas.VolumeDetached;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumeFencing;
import io.mooring.schemas.VolumeFilling;
import io.mooring.schemas.VolumeHealthy;
import io.mooring.schemas.VolumePublication;
import io.mooring.schemas.VolumePublished;
import io.mooring.schemas.VolumeResized;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeUnavailable;
import io.mooring.volumemanager.volume.Filling;
import io.mooring.volumemanager.volume.HeadTask;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.Publication;
import io.mooring.volumemanager.volume.Replica;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeFact;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumePhase;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Turns decisions into records of the control topics. */
public final class RecordWriter {

  private RecordWriter() {}

  /** The phase as the contracts name it. */
  public static io.mooring.schemas.VolumePhase phase(VolumePhase phase) {
    return switch (phase) {
      case VolumePhase.Detached _ -> io.mooring.schemas.VolumePhase.DETACHED;
      case VolumePhase.Published _ -> io.mooring.schemas.VolumePhase.PUBLISHED;
      case VolumePhase.Fencing _ -> io.mooring.schemas.VolumePhase.FENCING;
      case VolumePhase.Deleting _ -> io.mooring.schemas.VolumePhase.DELETING;
    };
  }

  /** The node that may run the head, null if none may. */
  public static @Nullable String holder(VolumePhase phase) {
    return phase instanceof VolumePhase.Published published ? published.holder().value() : null;
  }

  static VolumeState state(Volume volume) {
    return VolumeState.newBuilder()
        .setVolumeId(volume.id().value())
        .setName(volume.name())
        .setSizeBytes(volume.sizeBytes())
        .setSpec(spec(volume.spec()))
        .setEpoch(volume.epoch().value())
        .setGeneration(volume.generation().value())
        .setPhase(phase(volume.phase()))
        .setHolder(holder(volume.phase()))
        .setFencedNode(volume.fencedNode() == null ? null : volume.fencedNode().value())
        .setReplicas(volume.replicas().members().stream().map(RecordWriter::replica).toList())
        .setTask(volume.task() == null ? null : task(volume.task()))
        .setPublication(publication(volume.attachment().publication()))
        .setFilling(filling(volume.attachment().filling()))
        .setCorrelationId(volume.lastChange().cause().correlationId().toString())
        .setUpdatedAt(volume.lastChange().at())
        .build();
  }

  private static io.mooring.schemas.VolumeSpec spec(VolumeSpec spec) {
    return io.mooring.schemas.VolumeSpec.newBuilder()
        .setRepl(spec.repl())
        .setPriorityIo(spec.priorityIo())
        .setIoProfile(spec.ioProfile())
        .setFs(spec.fs())
        .setNodes(spec.places().nodes())
        .setRacks(spec.places().racks())
        .setZones(spec.places().zones())
        .setGroup(spec.grouping().group())
        .setFg(spec.grouping().fg())
        .setLabels(spec.labels())
        .build();
  }

  private static VolumeTask task(HeadTask task) {
    return VolumeTask.newBuilder()
        .setTaskId(task.id())
        .setKind(task.kind())
        .setSetId(task.snapshot().setId())
        .setVolumeId(task.snapshot().volume().value())
        .setSnapshotId(task.snapshot().snapshotId())
        .build();
  }

  private static VolumePublication publication(Publication publication) {
    return new VolumePublication(
        publication.epoch().value(), publication.purpose().text(), publication.others().value());
  }

  private static @Nullable VolumeFilling filling(@Nullable Filling filling) {
    return filling == null
        ? null
        : new VolumeFilling(filling.purpose().text(), filling.epoch().value(), filling.whole());
  }

  private static ReplicaState replica(Replica replica) {
    return ReplicaState.newBuilder()
        .setReplicaId(replica.id().value())
        .setNodeId(replica.node().value())
        .setPoolId(replica.pool().name())
        .setRole(replica.role())
        .setSinceGeneration(replica.since().value())
        .setReplaces(replica.replaces() == null ? null : replica.replaces().value())
        .build();
  }

  static VolumeEvent event(VolumeId id, long epoch, long generation, VolumeFact fact, Instant at) {
    return VolumeEvent.newBuilder()
        .setVolumeId(id.value())
        .setEpoch(epoch)
        .setGeneration(generation)
        .setAt(at)
        .setDetail(detail(fact))
        .build();
  }

  private static SpecificRecord detail(VolumeFact fact) {
    return switch (fact) {
      case VolumeFact.Created created ->
          new VolumeCreated(
              created.name(),
              created.sizeBytes(),
              created.nodes().stream().map(NodeId::value).toList());
      case VolumeFact.Deleted _ -> new VolumeDeleted();
      case VolumeFact.Published published ->
          new VolumePublished(published.node().value(), published.purpose().text());
      case VolumeFact.Detached detached ->
          new VolumeDetached(detached.node().value(), detached.fenced(), detached.evidence());
      case VolumeFact.FencingStarted fencing ->
          new VolumeFencing(fencing.node().value(), fencing.reason());
      case VolumeFact.Degraded degraded ->
          new VolumeDegraded(
              degraded.replica().value(),
              degraded.node().value(),
              degraded.reason(),
              degraded.inSync());
      case VolumeFact.Healthy healthy ->
          new VolumeHealthy(healthy.inSync(), healthy.bytesCopied(), healthy.bytesHeld());
      case VolumeFact.ReplicaPlaced placed ->
          new ReplicaPlaced(placed.replica().value(), placed.node().value(), placed.reason());
      case VolumeFact.ReplicaRetired retired ->
          new ReplicaRetired(retired.replica().value(), retired.node().value(), retired.reason());
      case VolumeFact.Attached attached ->
          new VolumeAttached(attached.node().value(), attached.device());
      case VolumeFact.Expanded expanded ->
          new VolumeExpanded(expanded.sizeBytes(), expanded.oldSizeBytes());
      case VolumeFact.Resized resized -> new VolumeResized(resized.sizeBytes(), resized.fsBytes());
      case VolumeFact.Unavailable unavailable -> new VolumeUnavailable(unavailable.reason());
      case VolumeFact.TaskEnded _ ->
          throw new IllegalStateException("told in the events of snapshots");
      case VolumeFact.Accepted accepted -> new CommandAccepted(accepted.idempotencyKey());
      case VolumeFact.Rejected rejected ->
          new CommandRejected(
              rejected.idempotencyKey(),
              rejected.rejection().code(),
              rejected.rejection().what(),
              rejected.rejection().why(),
              rejected.rejection().fix());
    };
  }
}
