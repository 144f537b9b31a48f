package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.Replica;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.SnapshotKey;
import io.mooring.volumemanager.volume.SnapshotSource;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** What decisions about volumes must know of snapshots, from the global stores. */
final class StoredSnapshots {

  private final ReadOnlyKeyValueStore<String, SnapshotDescription> sets;
  private final ReadOnlyKeyValueStore<String, VolumeOutline> volumes;

  StoredSnapshots(
      ReadOnlyKeyValueStore<String, SnapshotDescription> sets,
      ReadOnlyKeyValueStore<String, VolumeOutline> volumes) {
    this.sets = sets;
    this.volumes = volumes;
  }

  Optional<SnapshotSource> find(String setId, VolumeId volumeId) {
    VolumeOutline volume = volumes.get(volumeId.value());
    return Optional.ofNullable(sets.get(setId))
        .filter(set -> volume != null && set.phase() == SnapshotSetPhase.READY)
        .flatMap(set -> set.of(volumeId.value()))
        .map(member ->
            new SnapshotSource(
                new SnapshotKey(setId, volumeId, member.snapshotId()),
                member.sizeBytes(),
                volume.spec(),
                holders(member)));
  }

  private static List<SnapshotSource.Holder> holders(SnapshotDescription.Member member) {
    return member.holders().stream()
        .map(h -> new SnapshotSource.Holder(new ReplicaId(h.replicaId()), new NodeId(h.nodeId())))
        .toList();
  }

  boolean exist(VolumeId volume) {
    return !ofVolume(volume).isEmpty();
  }

  boolean wouldLose(Volume volume, List<Replica> leaving) {
    for (SnapshotDescription.Member snapshot : ofVolume(volume.id())) {
      List<SnapshotSource.Holder> holders = holders(snapshot);
      List<Replica> holding =
          volume.replicas().members().stream()
              .filter(r -> holders.contains(new SnapshotSource.Holder(r.id(), r.node())))
              .toList();
      if (!holding.isEmpty() && leaving.containsAll(holding)) {
        return true;
      }
    }
    return false;
  }

  /** Snapshots of a volume that are taken or being taken. */
  private List<SnapshotDescription.Member> ofVolume(VolumeId volume) {
    List<SnapshotDescription.Member> found = new ArrayList<>();
    try (KeyValueIterator<String, SnapshotDescription> all = sets.all()) {
      all.forEachRemaining(entry -> {
        // Deleted by the store's own thread since the iteration began.
        if (entry.value != null && entry.value.isListed()) {
          entry.value.of(volume.value()).ifPresent(found::add);
        }
      });
    }
    return found;
  }
}
