package io.mooring.volumeagent;

import io.mooring.csi.UnixSocketServer;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolExpansion;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.schemas.VolumeState;
import io.mooring.volumeagent.config.AgentSettings;
import io.mooring.volumeagent.control.ControlTopicsClient;
import io.mooring.volumeagent.control.StateFollower;
import io.mooring.volumeagent.csi.IdentityService;
import io.mooring.volumeagent.csi.NodeService;
import io.mooring.volumeagent.export.ExportServer;
import io.mooring.volumeagent.export.VolumeExports;
import io.mooring.volumeagent.node.DescriptorPublisher;
import io.mooring.volumeagent.node.HeartbeatPublisher;
import io.mooring.volumeagent.node.NodeDirectory;
import io.mooring.volumeagent.node.NodeIdentity;
import io.mooring.volumeagent.node.NodePorts;
import io.mooring.volumeagent.node.NodePresence;
import io.mooring.volumeagent.node.PoolExpander;
import io.mooring.volumeagent.usage.UsageReporter;
import java.io.IOException;
import java.util.List;

/**
 * The agent of one node, wired in the order in which its parts may start: what peers judge the node
 * by, then the volumes whose users are waiting, and only then what needs the control plane.
 */
public final class VolumeAgent implements AutoCloseable {

  private static final String VERSION = "0.1.0";

  private final NodeIdentity identity;
  private final NodePresence presence;
  private final NodeDirectory directory = new NodeDirectory();
  private final ControlTopicsClient control;
  private final VolumePlane volumes;
  private final ExportServer server;
  private final VolumeExports exports;
  private final SnapshotPlane snapshots;
  private final UnixSocketServer csi;
  private final PoolExpander expander;
  private final DescriptorPublisher descriptor;
  private final HeartbeatPublisher heartbeat;
  private final UsageReporter usage;

  private VolumeAgent(AgentSettings settings) throws IOException {
    this.identity = NodeIdentity.ofThisRun(settings.node());
    this.presence = NodePresence.start(settings);
    this.control = new ControlTopicsClient(identity.nodeId(), settings.control());
    this.volumes = VolumePlane.start(settings, directory, control.reports());
    presence
        .canaries()
        .forEach(pool -> {
          String poolId = pool.pool().poolId();
          pool.measureUseBy(() -> volumes.poolBytes(poolId));
          pool.countProvisionedBy(() -> volumes.directory().provisionedBytes(poolId));
        });
    this.server =
        new ExportServer(
            new ExportServer.Settings(
                settings.ports().nbdAddress(),
                settings.config().stateDir().toAbsolutePath().resolve("nbd.sock")));
    this.exports =
        new VolumeExports(
            identity.nodeId(),
            server,
            new VolumeExports.Volumes(
                volumes.directory(), volumes.heads(), volumes.staged(), volumes.staging()));
    this.snapshots = new SnapshotPlane(identity.nodeId(), volumes, directory, control, server);
    this.csi = listenForCsi(settings);

    this.expander = PoolExpander.start(identity.nodeId(), presence.canaries());
    directory.onChange(nodes -> presence.prober().know(nodes.peers()));
    followStates();
    this.descriptor =
        new DescriptorPublisher(
            identity,
            new NodePorts(
                volumes.replicationPort(),
                presence.probePort(),
                settings.ports().nbd(),
                settings.ports().rest()),
            presence.canaries(),
            volumes.directory()::hasCaughtUp,
            control.telemetry(),
            settings.config().heartbeat().descriptorInterval());
    this.heartbeat =
        new HeartbeatPublisher(
            identity,
            new HeartbeatPublisher.Senses(
                presence.stalls(),
                presence.prober(),
                presence.canaries(),
                volumes.heads()::running),
            control.telemetry(),
            settings.config().heartbeat().interval());
    this.usage =
        new UsageReporter(
            identity.nodeId(),
            volumes.staged(),
            volumes::allocatedBytes,
            control.telemetry(),
            settings.config().usage().interval());
  }

  private void followStates() {
    StateFollower follower =
        control
            .follower()
            .follow(ControlTopic.NODES, NodeDescriptor.class, directory)
            .follow(ControlTopic.VOLUMES, VolumeState.class, volumes.directory())
            .followOnceThere(ControlTopic.SNAPSHOTS, SnapshotSetState.class, snapshots.sets());
    if (expander.hasDrives()) {
      follower.followOnceThere(ControlTopic.POOL_EXPANSIONS, PoolExpansion.class, expander);
    }
    follower.start();
  }

  private UnixSocketServer listenForCsi(AgentSettings settings) throws IOException {
    return UnixSocketServer.start(
        settings.config().csiSocket(),
        List.of(
            new IdentityService(VERSION, () -> true),
            new NodeService(
                settings.node(),
                volumes.staging(),
                volumes.publishing(),
                volumes.growth(),
                volumes.gauge())));
  }

  /** Starts the agent; returns when everything that does not need the control plane runs. */
  public static VolumeAgent start(AgentSettings settings) throws IOException {
    return new VolumeAgent(settings);
  }

  public NodeIdentity identity() {
    return identity;
  }

  public NodePresence presence() {
    return presence;
  }

  public NodeDirectory directory() {
    return directory;
  }

  public ControlTopicsClient control() {
    return control;
  }

  public VolumePlane volumes() {
    return volumes;
  }

  public VolumeExports exports() {
    return exports;
  }

  public SnapshotPlane snapshots() {
    return snapshots;
  }

  public UsageReporter usage() {
    return usage;
  }

  @Override
  public void close() throws IOException {
    csi.close();
    server.close();
    snapshots.close();
    usage.close();
    heartbeat.close();
    descriptor.close();
    expander.close();
    volumes.close();
    control.close();
    presence.close();
  }
}
