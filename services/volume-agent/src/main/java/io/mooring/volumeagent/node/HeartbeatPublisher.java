package io.mooring.volumeagent.node;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.volumeagent.control.TelemetrySender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Beats: says several times a second that this node lives, what it sees of others, and how its
 * disks are.
 */
public final class HeartbeatPublisher implements AutoCloseable {

  /** What a beat tells beside that it is one. */
  public record Senses(
      StallGauge stalls,
      PeerProber peers,
      List<PoolCanary> pools,
      Supplier<List<String>> attachedVolumes) {}

  private final NodeIdentity identity;
  private final Senses senses;
  private final TelemetrySender telemetry;
  private final PeriodicThread thread;
  private long sequence;

  public HeartbeatPublisher(
      NodeIdentity identity, Senses senses, TelemetrySender telemetry, Duration interval) {
    this.identity = identity;
    this.senses = senses;
    this.telemetry = telemetry;
    this.thread = PeriodicThread.start("heartbeat", interval, this::beat);
  }

  private void beat() {
    telemetry.send(ControlTopic.NODE_HEARTBEATS, identity.nodeId(), next(Instant.now()));
  }

  NodeHeartbeat next(Instant at) {
    return NodeHeartbeat.newBuilder()
        .setNodeId(identity.nodeId())
        .setIncarnation(identity.incarnation())
        .setSequence(sequence++)
        .setSentAt(at)
        .setStalledMs(senses.stalls.worstStallMs())
        .setPeers(senses.peers.observations())
        .setPools(senses.pools.stream().map(PoolCanary::health).toList())
        .setAttachedVolumes(senses.attachedVolumes.get())
        .build();
  }

  @Override
  public void close() {
    thread.close();
  }
}
