package io.mooring.volumemanager.query;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.volumemanager.catalogue.RecordWriter;
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
    UUID correlationId,
    Instant updatedAt) {

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
        volume.lastChange().cause().correlationId(),
        volume.lastChange().at());
  }
}
