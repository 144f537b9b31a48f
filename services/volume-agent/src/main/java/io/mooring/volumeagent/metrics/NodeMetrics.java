package io.mooring.volumeagent.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.schemas.PoolDrive;
import io.mooring.volumeagent.VolumeAgent;
import io.mooring.volumeagent.node.GrowableDrive;
import io.mooring.volumeagent.node.PoolCanary;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Meters of the node itself: its ticker, its way to the control topics, its pools. */
public final class NodeMetrics implements MeterBinder {

  private static final double MICROS_PER_SECOND = 1e6;
  private static final double MILLIS_PER_SECOND = 1e3;

  private final VolumeAgent agent;

  public NodeMetrics(VolumeAgent agent) {
    this.agent = agent;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder(
            "mooring.agent.stall",
            agent,
            a -> a.presence().stalls().worstStallMs() / MILLIS_PER_SECOND)
        .description("Longest time within the last second for which the agent was not scheduled")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder(
            "mooring.agent.control.reachable", agent, a -> a.control().link().isConnected() ? 1 : 0)
        .description("1 while the control topics can be reached")
        .register(registry);
    Gauge.builder("mooring.agent.reports.waiting", agent, a -> a.control().reports().waiting())
        .description("Reports that were not confirmed yet")
        .register(registry);
    Gauge.builder(
            "mooring.agent.volumes.attached", agent, a -> a.volumes().heads().running().size())
        .description("Volumes whose head runs on this node")
        .register(registry);
    agent.presence().canaries().forEach(pool -> bind(pool, registry));
  }

  private void bind(PoolCanary pool, MeterRegistry registry) {
    Tags tags = Tags.of("node", agent.identity().nodeId(), "pool", pool.pool().poolId());
    Gauge.builder("mooring.pool.healthy", pool, p -> p.health().getHealthy() ? 1 : 0)
        .tags(tags)
        .description("1 while test writes succeed in time")
        .register(registry);
    Gauge.builder(
            "mooring.pool.canary", pool, p -> p.health().getCanaryMicros() / MICROS_PER_SECOND)
        .tags(tags)
        .description("Duration of the newest test write, or of the one that hangs")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("mooring.pool.capacity", pool, p -> p.space().capacityBytes())
        .tags(tags)
        .description("Bytes that replicas may take")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("mooring.pool.free", pool, p -> p.space().freeBytes())
        .tags(tags)
        .description("Bytes that are free")
        .baseUnit("bytes")
        .register(registry);
    pool.drive().ifPresent(drive -> bind(drive, tags, registry));
    bindUnderKnownNames(pool, tags, registry);
  }

  /** Names under which rules and dashboards written for PX-Autopilot know them. */
  private static void bindUnderKnownNames(PoolCanary pool, Tags tags, MeterRegistry registry) {
    Map<String, ToDoubleFunction<PoolCanary>> bytes =
        Map.of(
            "px.pool.stats.total", p -> p.space().capacityBytes(),
            "px.pool.stats.available", p -> p.space().freeBytes(),
            "px.pool.stats.used", p -> p.space().capacityBytes() - p.space().freeBytes(),
            "px.pool.stats.provisioned", NodeMetrics::provisioned);
    bytes.forEach((name, value) ->
        Gauge.builder(name, pool, value)
            .tags(tags)
            .description("As rules call it")
            .baseUnit("bytes")
            .register(registry));
    Gauge.builder("px.pool.stats.status", pool, p -> p.health().getHealthy() ? 1 : 0)
        .tags(tags)
        .description("1 while test writes succeed in time")
        .register(registry);
  }

  /** It is not known before the replicas have been read. */
  private static double provisioned(PoolCanary pool) {
    long bytes = pool.provisionedBytes();
    return bytes < 0 ? Double.NaN : bytes;
  }

  private static void bind(GrowableDrive drive, Tags tags, MeterRegistry registry) {
    Gauge.builder(
            "mooring.pool.drive",
            drive,
            d -> d.description().map(PoolDrive::getSizeBytes).orElse(0L))
        .tags(tags)
        .description("Size of the drive below the pool; 0 while it cannot be looked at")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder(
            "mooring.pool.growth.failing",
            drive,
            d -> d.description().filter(each -> !each.getProblem().isEmpty()).isPresent() ? 1 : 0)
        .tags(tags)
        .description("1 while the drive is to grow and cannot")
        .register(registry);
  }
}
