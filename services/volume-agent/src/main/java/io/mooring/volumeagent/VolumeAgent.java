package io.mooring.volumeagent;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.volumeagent.config.AgentSettings;
import io.mooring.volumeagent.control.ControlTopicsClient;
import io.mooring.volumeagent.node.DescriptorPublisher;
import io.mooring.volumeagent.node.HeartbeatPublisher;
import io.mooring.volumeagent.node.NodeDirectory;
import io.mooring.volumeagent.node.NodeIdentity;
import io.mooring.volumeagent.node.NodePorts;
import io.mooring.volumeagent.node.NodePresence;
import java.io.IOException;
import java.util.List;

/** The agent of one node, wired top to bottom in the order in which its parts may start. */
public final class VolumeAgent implements AutoCloseable {

  private final NodeIdentity identity;
  private final NodePresence presence;
  private final NodeDirectory directory = new NodeDirectory();
  private final ControlTopicsClient control;
  private final DescriptorPublisher descriptor;
  private final HeartbeatPublisher heartbeat;

  private VolumeAgent(AgentSettings settings) throws IOException {
    this.identity = NodeIdentity.ofThisRun(settings.node());
    this.presence = NodePresence.start(settings);
    directory.onChange(nodes -> presence.prober().know(nodes.peers()));

    this.control = new ControlTopicsClient(identity.nodeId(), settings.control());
    control.follower().follow(ControlTopic.NODES, NodeDescriptor.class, directory).start();
    this.descriptor =
        new DescriptorPublisher(
            identity,
            new NodePorts(
                settings.ports().replication(),
                presence.probePort(),
                settings.ports().nbd(),
                settings.ports().rest()),
            presence.canaries(),
            control.telemetry(),
            settings.config().heartbeat().descriptorInterval());
    this.heartbeat =
        new HeartbeatPublisher(
            identity,
            new HeartbeatPublisher.Senses(
                presence.stalls(), presence.prober(), presence.canaries(), List::of),
            control.telemetry(),
            settings.config().heartbeat().interval());
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

  @Override
  public void close() throws IOException {
    heartbeat.close();
    descriptor.close();
    control.close();
    presence.close();
  }
}
