package io.mooring.volumeagent;

import io.mooring.schemas.EventHeaders;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.StorageNode;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.volumeagent.config.AgentSettings;
import io.mooring.volumeagent.config.PoolSettings;
import io.mooring.volumeagent.control.ReportSender;
import io.mooring.volumeagent.heads.HeadKeeper;
import io.mooring.volumeagent.heads.HeadReports;
import io.mooring.volumeagent.heads.RoutedAttacher;
import io.mooring.volumeagent.node.NodeDirectory;
import io.mooring.volumeagent.node.PeriodicThread;
import io.mooring.volumeagent.staging.AttachedVolume;
import io.mooring.volumeagent.staging.StagedVolumes;
import io.mooring.volumeagent.staging.VolumeGauge;
import io.mooring.volumeagent.staging.VolumeGrowth;
import io.mooring.volumeagent.staging.VolumePublishing;
import io.mooring.volumeagent.staging.VolumeStaging;
import io.mooring.volumeagent.volumes.KnownVolume;
import io.mooring.volumeagent.volumes.ReplicaKeeper;
import io.mooring.volumeagent.volumes.VolumeDirectory;
import io.mooring.volumeagent.volumes.VolumeLanes;
import io.mooring.volumeagent.volumes.VolumeListener;
import io.mooring.volumeagent.volumes.VolumeReports;
import io.mooring.volumeagent.volumes.VolumeViews;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Everything about volumes on this node, wired: replicas, heads, what is staged. Runs without the
 * control plane.
 */
public final class VolumePlane implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(VolumePlane.class);
  private static final int REPLICA_LANES = 8;
  private static final int GROWTH_LANES = 2;
  private static final long NONE = -1;
  private static final Duration GROWTH_LIMIT = Duration.ofMinutes(2);
  private static final Duration GROWTH_CHECK = Duration.ofSeconds(5);

  private final ReplicaKeeper replicas;
  private final StorageNode storage;
  private final RoutedAttacher attacher;
  private final VolumeDirectory directory;
  private final HeadKeeper heads;
  private final StagedVolumes staged;
  private final VolumeStaging staging;
  private final VolumePublishing publishing;
  private final VolumeGrowth growth;
  private final VolumeLanes replicaLanes = new VolumeLanes("replicas", REPLICA_LANES);
  private final VolumeLanes growthLanes = new VolumeLanes("growth", GROWTH_LANES);
  private final PeriodicThread growthCheck;

  private VolumePlane(AgentSettings settings, NodeDirectory nodes, ReportSender sender)
      throws IOException {
    String nodeId = settings.node().nodeId();
    Path state = settings.config().stateDir().toAbsolutePath();
    Files.createDirectories(state);
    VolumeReports reports = new VolumeReports(nodeId, sender);
    this.replicas = new ReplicaKeeper(nodeId, reports, replicaLanes);
    this.storage = StorageNode.start(storageSettings(settings, state), replicas);
    replicas.keep(storage.replicas(), settings.pools().stream().map(PoolSettings::poolId).toList());

    this.directory =
        new VolumeDirectory(
            nodeId, volumeId -> replicas.hasFilesOf(volumeId) || isAttached(volumeId));
    StagingReports staging = new StagingReports(directory, reports);
    this.attacher = new RoutedAttacher(state, settings.attacher());
    this.heads =
        new HeadKeeper(
            nodeId,
            directory,
            new VolumeViews(nodes),
            storage,
            attacher,
            new HeadReports(directory, reports),
            replicaLanes::awaitIdle);
    this.staged = new StagedVolumes(state.resolve("staged"));
    this.staging = new VolumeStaging(staged, heads, staging, staging);
    this.publishing = new VolumePublishing(staged);
    this.growth = new VolumeGrowth(staged, staging, staging);

    heads.onLost(this.staging::abandon);
    directory.listen(replicas);
    directory.listen(heads);
    directory.listen(new GrowthTrigger());
    nodes.onChange(_ -> heads.onNodesChanged());
    this.growthCheck =
        PeriodicThread.start(
            "growth-check",
            GROWTH_CHECK,
            () -> staged.attached().stream().map(AttachedVolume::volumeId).forEach(this::grow));
  }

  /** Opens the pools and takes over what an earlier run of the agent has attached. */
  static VolumePlane start(AgentSettings settings, NodeDirectory nodes, ReportSender sender)
      throws IOException {
    VolumePlane plane = new VolumePlane(settings, nodes, sender);
    plane.staging.resumeAll();
    Thread.ofPlatform().name("prepare-to-attach").daemon().start(plane::prepareToAttach);
    return plane;
  }

  private static StorageNode.Settings storageSettings(AgentSettings settings, Path state) {
    return new StorageNode.Settings(
        settings.pools().stream()
            .collect(Collectors.toMap(PoolSettings::poolId, PoolSettings::path)),
        state,
        new InetSocketAddress(settings.ports().bindAddress(), settings.ports().replication()),
        HeadSettings.Limits.DEFAULT);
  }

  /** Nobody has to wait for this, but the first volume that is attached should find it done. */
  private void prepareToAttach() {
    try {
      attacher.prepare();
      heads.abandonSurvivors();
    } catch (IOException e) {
      LOG.errorf(e, "The keeper does not run; it is started again when a volume is attached.");
    }
  }

  /** Grows what is in use as soon as a state asks for it. */
  private final class GrowthTrigger implements VolumeListener {
    @Override
    public void onVolume(KnownVolume volume) {
      grow(volume.state().getVolumeId());
    }

    @Override
    public void onDeleted(String volumeId, @Nullable EventHeaders headers) {}
  }

  private void grow(String volumeId) {
    growthLanes.submit(
        volumeId,
        () -> {
          try {
            growth.growIfWanted(volumeId, GROWTH_LIMIT);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private boolean isAttached(String volumeId) {
    return staged.attached(volumeId).isPresent();
  }

  public int replicationPort() throws IOException {
    return storage.replicationAddress().getPort();
  }

  public VolumeDirectory directory() {
    return directory;
  }

  public HeadKeeper heads() {
    return heads;
  }

  public StagedVolumes staged() {
    return staged;
  }

  public VolumeStaging staging() {
    return staging;
  }

  public VolumePublishing publishing() {
    return publishing;
  }

  public VolumeGrowth growth() {
    return growth;
  }

  public VolumeGauge gauge() {
    return new VolumeGauge(staged);
  }

  /** All usable replicas of this node. */
  public List<ReplicaHost> replicas() {
    return storage.replicas().hosts();
  }

  /** Whether this node has files of a replica, usable or not. */
  public boolean hasFilesOf(String volumeId, String replicaId) {
    return replicas.hasFilesOf(volumeId, replicaId);
  }

  /** The replica of a volume on this node, if there is a usable one. */
  public Optional<ReplicaHost> replica(String volumeId) {
    return storage.replicas().hosts().stream()
        .filter(host -> host.volume().value().equals(volumeId))
        .findFirst();
  }

  /** Volumes of which there is a usable replica on this node. */
  public List<String> withReplica() {
    return storage.replicas().hosts().stream().map(host -> host.volume().value()).toList();
  }

  /** Bytes that all replicas in a pool take. */
  public long poolBytes(String poolId) {
    return replicas.inPool(poolId).stream()
        .mapToLong(VolumePlane::allocatedBytes)
        .filter(bytes -> bytes > 0)
        .sum();
  }

  /** Bytes that a replica takes; -1 if its disk does not say. */
  private static long allocatedBytes(ReplicaHost replica) {
    try {
      return replica.allocatedBytes();
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Bytes that the replica of a volume takes on this node; -1 if there is none. */
  public long allocatedBytes(String volumeId) {
    return replica(volumeId).map(VolumePlane::allocatedBytes).orElse(NONE);
  }

  /**
   * Ends the run. Devices stay: their users wait for the next run of the agent, as after a crash.
   * While a head runs here, the replicas stay open until the process ends: closed under their head
   * they would count as lost.
   */
  @Override
  public void close() throws IOException {
    growthCheck.close();
    growthLanes.close();
    replicaLanes.close();
    if (heads.running().isEmpty()) {
      storage.close();
    }
  }
}
