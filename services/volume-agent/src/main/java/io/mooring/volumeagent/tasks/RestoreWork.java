package io.mooring.volumeagent.tasks;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumeTask;
import io.mooring.storage.blockstore.ReplicaFileException;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.SnapshotCopy;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Makes a volume what it was at one of its snapshots, which this node's replica holds. That replica
 * must be in sync: what has changed since is told by its layers.
 */
final class RestoreWork implements TaskWork {

  private final SnapshotSets sets;
  private final SetsReader reader;
  private final Function<String, Optional<ReplicaHost>> replicas;
  private final VolumeDirectory volumes;

  /**
   * @param replicas the usable replica of a volume on this node
   */
  RestoreWork(
      SnapshotSets sets,
      SetsReader reader,
      Function<String, Optional<ReplicaHost>> replicas,
      VolumeDirectory volumes) {
    this.sets = sets;
    this.reader = reader;
    this.replicas = replicas;
    this.volumes = volumes;
  }

  @Override
  public Result run(VolumeTask task, VolumeHead head, BooleanSupplier withdrawn)
      throws IOException, InterruptedException {
    reader.readToEnd();
    Optional<ReplicaHost> local =
        replicas
            .apply(task.getVolumeId())
            .filter(replica -> isInSync(task.getVolumeId(), replica))
            .filter(replica -> holds(task, replica));
    if (local.isEmpty()) {
      return new Result.Impossible(
          "SNP-063",
          "This node has no replica that is in sync and holds snapshot " + task.getSnapshotId());
    }
    try {
      SnapshotId snapshot = new SnapshotId(task.getSnapshotId());
      return new Result.Done(new SnapshotCopy(head).restore(local.get().snapshots(), snapshot));
    } catch (ReplicaFileException e) {
      return new Result.Impossible("SNP-065", String.valueOf(e.getMessage()));
    }
  }

  private boolean isInSync(String volumeId, ReplicaHost replica) {
    return volumes
        .find(volumeId)
        .map(KnownVolume::state)
        .filter(state ->
            state.getReplicas().stream()
                .anyMatch(listed ->
                    listed.getReplicaId().equals(replica.id().value())
                        && listed.getRole() == ReplicaRole.IN_SYNC))
        .isPresent();
  }

  private boolean holds(VolumeTask task, ReplicaHost replica) {
    return sets.isGood(task.getVolumeId(), task.getSnapshotId(), replica.id().value())
        && replica.snapshots().list().stream()
            .anyMatch(held -> held.id().value().equals(task.getSnapshotId()));
  }

  @Override
  public boolean copies() {
    return true;
  }
}
