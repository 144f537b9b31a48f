package io.mooring.volumeagent.node;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolDrive;
import io.mooring.volumeagent.config.NodeSettings;
import io.mooring.volumeagent.control.TelemetrySender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what this node is: when it is ready for volumes, when it changes, and every few seconds
 * in case somebody missed it.
 *
 * <p>A node that registers is given replicas at once. It must not be, before it has caught up with
 * the states of volumes: it could not tell a new volume, for which it makes blank files, from one
 * that has held data here.
 */
public final class DescriptorPublisher implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(250);

  private final NodeIdentity identity;
  private final NodePorts ports;
  private final List<PoolCanary> pools;
  private final BooleanSupplier ready;
  private final TelemetrySender telemetry;
  private final Duration interval;
  private final PeriodicThread thread;
  private @Nullable NodeDescriptor published;
  private long publishedAt;

  public DescriptorPublisher(
      NodeIdentity identity,
      NodePorts ports,
      List<PoolCanary> pools,
      BooleanSupplier ready,
      TelemetrySender telemetry,
      Duration interval) {
    this.identity = identity;
    this.ports = ports;
    this.pools = pools;
    this.ready = ready;
    this.telemetry = telemetry;
    this.interval = interval;
    this.thread = PeriodicThread.start("node-descriptor", LOOK, this::publishIfDue);
  }

  private void publishIfDue() {
    if (!ready.getAsBoolean()) {
      return;
    }
    NodeDescriptor now = describe(Instant.now());
    long nanos = System.nanoTime();
    if (published == null
        || nanos - publishedAt >= interval.toNanos()
        || !urgent(now).equals(urgent(published))) {
      telemetry.send(ControlTopic.NODES, identity.nodeId(), now);
      published = now;
      publishedAt = nanos;
    }
  }

  /** What somebody waits for, beside free space, which changes all the time. */
  private record Urgent(boolean healthy, long capacityBytes, @Nullable PoolDrive drive) {}

  private static List<Urgent> urgent(NodeDescriptor descriptor) {
    return descriptor.getPools().stream()
        .map(pool -> new Urgent(pool.getHealthy(), pool.getCapacityBytes(), pool.getDrive()))
        .toList();
  }

  NodeDescriptor describe(Instant at) {
    NodeSettings node = identity.settings();
    return NodeDescriptor.newBuilder()
        .setNodeId(node.nodeId())
        .setIncarnation(identity.incarnation())
        .setRegion(node.region())
        .setZone(node.zone())
        .setRack(node.rack())
        .setLabels(node.labels())
        .setHost(node.host())
        .setReplicationPort(ports.replication())
        .setProbePort(ports.probe())
        .setNbdPort(ports.nbd())
        .setRestPort(ports.rest())
        .setPools(pools.stream().map(DescriptorPublisher::describe).toList())
        .setUpdatedAt(at)
        .build();
  }

  private static PoolDescriptor describe(PoolCanary pool) {
    PoolSpace space = pool.space();
    return PoolDescriptor.newBuilder()
        .setPoolId(pool.pool().poolId())
        .setPriority(pool.pool().priority())
        .setCapacityBytes(space.capacityBytes())
        .setFreeBytes(space.freeBytes())
        .setHealthy(pool.health().getHealthy())
        .setProvisionedBytes(pool.provisionedBytes())
        .setLabels(pool.pool().labels())
        .setDrive(pool.drive().flatMap(GrowableDrive::description).orElse(null))
        .build();
  }

  @Override
  public void close() {
    thread.close();
  }
}
