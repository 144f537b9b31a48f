package io.mooring.volumeagent.tasks;

import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.VolumeTask;
import io.mooring.storage.blockstore.ReplicaFileException;
import io.mooring.storage.blockstore.SnapshotReader;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.SnapshotCopy;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Writes the content of a snapshot of another volume into a new one: from the replica on this node
 * if it holds the snapshot, else from the agent of a node that does. All holders have the same
 * content, so what one cannot give back is asked of the next.
 */
final class FillWork implements TaskWork {

  private static final Logger LOG = Logger.getLogger(FillWork.class);

  private final SnapshotSets sets;
  private final SetsReader reader;
  private final Function<String, Optional<ReplicaHost>> replicas;
  private final RemoteSnapshots remote;

  /**
   * @param replicas the usable replica of a volume on this node
   */
  FillWork(
      SnapshotSets sets,
      SetsReader reader,
      Function<String, Optional<ReplicaHost>> replicas,
      RemoteSnapshots remote) {
    this.sets = sets;
    this.reader = reader;
    this.replicas = replicas;
    this.remote = remote;
  }

  @Override
  public Result run(VolumeTask task, VolumeHead head, BooleanSupplier withdrawn)
      throws IOException, InterruptedException {
    reader.readToEnd();
    List<SnapshotHolder> holders =
        sets.holders(task.getSetId(), task.getVolumeId(), task.getSnapshotId());
    if (holders.isEmpty()) {
      return new Result.Impossible(
          "SNP-064", "Set " + task.getSetId() + " has no such snapshot any more.");
    }
    Optional<Result> filled = fromThisNode(task, holders, head);
    for (SnapshotHolder holder : holders) {
      if (filled.isPresent()) {
        break;
      }
      filled = fromElsewhere(task, holder, head);
    }
    return filled.orElseGet(() ->
        new Result.Impossible(
            "SNP-065", "None of its holders could give back the whole snapshot."));
  }

  private Optional<Result> fromThisNode(
      VolumeTask task, List<SnapshotHolder> holders, VolumeHead head) throws IOException {
    Optional<ReplicaHost> local =
        replicas
            .apply(task.getVolumeId())
            .filter(replica ->
                holders.stream()
                    .anyMatch(holder -> holder.getReplicaId().equals(replica.id().value())));
    if (local.isEmpty()) {
      return Optional.empty();
    }
    try {
      SnapshotReader snapshot = local.get().snapshots().open(new SnapshotId(task.getSnapshotId()));
      Optional<Result> tooSmall = requireRoom(head, snapshot.sizeBytes());
      return tooSmall.isPresent()
          ? tooSmall
          : Optional.of(new Result.Done(new SnapshotCopy(head).fill(snapshot)));
    } catch (ReplicaFileException e) {
      LOG.warnf(
          "The replica here cannot give a snapshot back; other holders are asked. snapshot=%s cause=%s",
          task.getSnapshotId(), e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Result> fromElsewhere(VolumeTask task, SnapshotHolder holder, VolumeHead head)
      throws IOException, InterruptedException {
    try (RemoteSnapshots.Snapshot snapshot =
        remote.open(holder.getNodeId(), task.getVolumeId(), task.getSnapshotId())) {
      Optional<Result> tooSmall = requireRoom(head, snapshot.sizeBytes());
      return tooSmall.isPresent()
          ? tooSmall
          : Optional.of(new Result.Done(new SnapshotCopy(head).fill(snapshot)));
    } catch (RemoteSnapshots.Unavailable e) {
      LOG.warnf(
          "A holder cannot give a snapshot back; the next one is asked. node=%s snapshot=%s cause=%s",
          holder.getNodeId(), task.getSnapshotId(), e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Result> requireRoom(VolumeHead head, long sizeBytes) {
    return sizeBytes <= head.sizeBytes()
        ? Optional.empty()
        : Optional.of(
            new Result.Impossible(
                "SNP-067",
                "The volume has %d bytes, the snapshot has %d."
                    .formatted(head.sizeBytes(), sizeBytes)));
  }

  @Override
  public boolean copies() {
    return true;
  }
}
