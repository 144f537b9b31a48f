package io.mooring.volumeagent.tasks;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.volumeagent.control.ReportSender;
import io.mooring.volumeagent.heads.HeadKeeper;
import io.mooring.volumeagent.node.NodeDirectory;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import io.mooring.volumeagent.snapshots.SnapshotTaker;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import io.mooring.volumeagent.volumes.VolumeListener;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of volumes that belong to this node for that. A task is one of an epoch: given
 * again under a higher one, it is begun again.
 */
public final class VolumeTasks implements VolumeListener, AutoCloseable {

  /** Copies compete with clients for disks and network. */
  private static final int COPIES_MAX = 2;

  private final String nodeId;
  private final HeadKeeper heads;
  private final Map<VolumeTaskKind, TaskWork> works;
  private final TaskReports reports;
  private final Semaphore copies = new Semaphore(COPIES_MAX);
  private final Map<String, TaskRun> runs = new ConcurrentHashMap<>();

  private VolumeTasks(
      String nodeId, HeadKeeper heads, Map<VolumeTaskKind, TaskWork> works, TaskReports reports) {
    this.nodeId = nodeId;
    this.heads = heads;
    this.works = Map.copyOf(works);
    this.reports = reports;
  }

  /**
   * The node that tasks run on.
   *
   * @param replicas the usable replica of a volume on this node
   */
  public record Node(
      String id,
      HeadKeeper heads,
      Function<String, Optional<ReplicaHost>> replicas,
      VolumeDirectory volumes) {}

  /**
   * What tasks need to know of snapshots.
   *
   * @param readToEnd done when every set was heard that is in the topic now
   */
  public record Snapshots(
      SnapshotSets sets, SnapshotTaker taker, Supplier<CompletableFuture<Void>> readToEnd) {}

  /** Ready to hear of volumes. */
  public static VolumeTasks start(
      Node node, NodeDirectory nodes, ReportSender sender, Snapshots snapshots) {
    SnapshotSets sets = snapshots.sets;
    SetsReader reader = new SetsReader(snapshots.readToEnd);
    return new VolumeTasks(
        node.id,
        node.heads,
        Map.of(
            VolumeTaskKind.SNAPSHOT, new SnapshotWork(sets, snapshots.taker, reader),
            VolumeTaskKind.RESTORE, new RestoreWork(sets, reader, node.replicas, node.volumes),
            VolumeTaskKind.FILL,
                new FillWork(sets, reader, node.replicas, new RemoteSnapshots(nodes))),
        new TaskReports(node.id, sender));
  }

  @Override
  public void onVolume(KnownVolume volume) {
    VolumeState state = volume.state();
    String volumeId = state.getVolumeId();
    VolumeTask task = state.getTask();
    boolean wanted =
        task != null && state.getPhase() == VolumePhase.PUBLISHED && volume.isHeldBy(nodeId);
    TaskRun running = runs.get(volumeId);
    if (wanted && running != null && running.isFor(task.getTaskId(), state.getEpoch())) {
      return;
    }
    withdraw(volumeId);
    TaskWork work = wanted ? works.get(task.getKind()) : null;
    if (work != null) {
      runs.put(
          volumeId, TaskRun.start(volume, task, work, new TaskRun.Means(heads, reports, copies)));
    }
  }

  @Override
  public void onDeleted(String volumeId, @Nullable EventHeaders headers) {
    withdraw(volumeId);
  }

  private void withdraw(String volumeId) {
    TaskRun running = runs.remove(volumeId);
    if (running != null) {
      running.withdraw();
    }
  }

  /** Tasks that are being worked on. */
  public List<VolumeTaskKind> underWay() {
    return runs.values().stream().filter(run -> !run.isOver()).map(TaskRun::kind).toList();
  }

  /** Ends as a crash would: the next run of the agent begins the tasks anew. */
  @Override
  public void close() {
    runs.values().forEach(TaskRun::abandon);
  }
}
