package io.mooring.volumemanager.query;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.volumemanager.catalogue.RecordWriter;
import io.mooring.volumemanager.volume.HeadTask;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.Replica;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A volume as it is shown to the outside. */
public record VolumeDescription(
    String id,
    String name,
    long sizeBytes,
    VolumeSpec spec,
    VolumePhase phase,
    @Nullable String holder,
    @Nullable String fencedNode,
    long epoch,
    long generation,
    List<ReplicaDescription> replicas,
    boolean degraded,
    @Nullable Task task,
    Publication publication,
    @Nullable Filling filling,
    UUID correlationId,
    Instant updatedAt) {

  /**
   * Work that must be done before others may have it.
   *
   * @param snapshotOf id of the volume of the snapshot
   * @param failedOn nodes that could not do it, since it was tried everywhere last
   */
  public record Task(
      String id,
      VolumeTaskKind kind,
      String setId,
      String snapshotOf,
      String snapshotId,
      Instant since,
      List<String> failedOn) {

    static @Nullable Task of(@Nullable HeadTask task) {
      return task == null
          ? null
          : new Task(
              task.id(),
              task.kind(),
              task.snapshot().setId(),
              task.snapshot().volume().value(),
              task.snapshot().snapshotId(),
              task.since(),
              task.failedOn().stream().map(NodeId::value).toList());
    }
  }

  /**
   * The newest publication under which somebody could write, kept when it has ended.
   *
   * @param epoch its epoch, 0 if there was none
   * @param purpose what for, empty for an ordinary attach
   * @param othersEpoch epoch of the newest one for anything else, 0 if there was none
   */
  public record Publication(long epoch, String purpose, long othersEpoch) {

    static Publication of(io.mooring.volumemanager.volume.Publication publication) {
      return new Publication(
          publication.epoch().value(), publication.purpose().text(), publication.others().value());
    }
  }

  /**
   * Who writes all of its content anew, or did so last. Until that is done the volume is half.
   *
   * @param purpose what for, as in its publication
   * @param epoch under which it was given away for that last, 0 if not yet
   */
  public record Filling(String purpose, long epoch, boolean whole) {

    static @Nullable Filling of(io.mooring.volumemanager.volume.@Nullable Filling filling) {
      return filling == null
          ? null
          : new Filling(filling.purpose().text(), filling.epoch().value(), filling.whole());
    }
  }

  /** Part of its content is not what it is to be: nobody gets it but who fills it. */
  public boolean half() {
    return filling != null && !filling.whole();
  }

  /** One of its copies. */
  public record ReplicaDescription(
      String id, String node, String pool, ReplicaRole role, Instant since, boolean unusable) {

    static ReplicaDescription of(Replica replica) {
      return new ReplicaDescription(
          replica.id().value(),
          replica.node().value(),
          replica.pool().name(),
          replica.role(),
          replica.sinceTime(),
          replica.unusable());
    }
  }

  public static VolumeDescription of(Volume volume) {
    return new VolumeDescription(
        volume.id().value(),
        volume.name(),
        volume.sizeBytes(),
        volume.spec(),
        RecordWriter.phase(volume.phase()),
        RecordWriter.holder(volume.phase()),
        volume.fencedNode() == null ? null : volume.fencedNode().value(),
        volume.epoch().value(),
        volume.generation().value(),
        volume.replicas().members().stream().map(ReplicaDescription::of).toList(),
        volume.isDegraded(),
        Task.of(volume.task()),
        Publication.of(volume.attachment().publication()),
        Filling.of(volume.attachment().filling()),
        volume.lastChange().cause().correlationId(),
        volume.lastChange().at());
  }
}
