package io.mooring.volumeagent;

import io.mooring.schemas.ControlTopic;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.volumeagent.control.ControlTopicsClient;
import io.mooring.volumeagent.export.ExportServer;
import io.mooring.volumeagent.export.SnapshotExports;
import io.mooring.volumeagent.node.NodeDirectory;
import io.mooring.volumeagent.snapshots.SnapshotCollector;
import io.mooring.volumeagent.snapshots.SnapshotCounters;
import io.mooring.volumeagent.snapshots.SnapshotReports;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import io.mooring.volumeagent.snapshots.SnapshotTaker;
import io.mooring.volumeagent.tasks.VolumeTasks;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Everything about snapshots on this node, wired: sets, the taking and the clearing up, tasks of
 * volumes, exports.
 */
public final class SnapshotPlane implements AutoCloseable {

  private final SnapshotSets sets = new SnapshotSets();
  private final SnapshotCounters counters = new SnapshotCounters();
  private final SnapshotTaker taker;
  private final SnapshotCollector collector;
  private final VolumeTasks tasks;
  private final SnapshotExports exports;

  SnapshotPlane(
      String nodeId,
      VolumePlane volumes,
      NodeDirectory nodes,
      ControlTopicsClient control,
      ExportServer server) {
    Supplier<CompletableFuture<Void>> readToEnd =
        () -> control.follower().reachEnd(ControlTopic.SNAPSHOTS);
    SnapshotReports reports = new SnapshotReports(nodeId, control.reports()::report);
    Predicate<String> half =
        volume -> volumes.directory().find(volume).filter(KnownVolume::isHalf).isPresent();
    this.taker = SnapshotTaker.start(sets, volumes.heads()::head, half, reports, counters);
    this.collector =
        SnapshotCollector.start(new Replicas(nodeId, volumes), sets, readToEnd, reports, counters);
    this.tasks =
        VolumeTasks.start(
            new VolumeTasks.Node(nodeId, volumes.heads(), volumes::replica, volumes.directory()),
            nodes,
            control.reports(),
            new VolumeTasks.Snapshots(sets, taker, readToEnd));
    this.exports = new SnapshotExports(server, volumes::replica, sets::isGood, System::nanoTime);
    volumes.directory().listen(tasks);
  }

  /** The node as the collector sees it. */
  private record Replicas(String id, VolumePlane plane) implements SnapshotCollector.Node {
    @Override
    public List<ReplicaHost> replicas() {
      return plane.replicas();
    }

    @Override
    public boolean hasFilesOf(String volumeId, String replicaId) {
      return plane.hasFilesOf(volumeId, replicaId);
    }

    @Override
    public VolumeDirectory volumes() {
      return plane.directory();
    }
  }

  public SnapshotSets sets() {
    return sets;
  }

  public SnapshotCounters counters() {
    return counters;
  }

  public VolumeTasks tasks() {
    return tasks;
  }

  public SnapshotExports exports() {
    return exports;
  }

  @Override
  public void close() {
    tasks.close();
    collector.close();
    taker.close();
  }
}
