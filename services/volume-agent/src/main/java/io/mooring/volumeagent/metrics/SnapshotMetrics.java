package io.mooring.volumeagent.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.volumeagent.VolumeAgent;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Meters of snapshots on this node: what replicas keep, what heads take, what tasks run. */
public final class SnapshotMetrics implements MeterBinder {

  private final VolumeAgent agent;

  public SnapshotMetrics(VolumeAgent agent) {
    this.agent = agent;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(
        registry,
        "mooring.snapshots.held",
        "Snapshots that replicas here keep",
        s -> s.list().size());
    gauge(
        registry,
        "mooring.snapshots.merging",
        "Deleted snapshots whose space has not come back yet",
        ReplicaSnapshots::awaitingMerge);
    gauge(
        registry,
        "mooring.snapshots.merge.failing",
        "Replicas whose newest attempt to get space back has failed",
        s -> s.mergeFailure().isPresent() ? 1 : 0);
    Gauge.builder("mooring.snapshots.exported", agent, a -> a.snapshots().exports().count())
        .description("Snapshots that are exported over NBD")
        .register(registry);
    FunctionTimer.builder(
            "mooring.snapshots.taken",
            agent.snapshots().counters(),
            counters -> counters.takenCount(),
            counters -> counters.heldNanosTotal(),
            TimeUnit.NANOSECONDS)
        .description("Snapshots that heads here have taken, and for how long writes were held back")
        .register(registry);
    FunctionCounter.builder(
            "mooring.snapshots.missed",
            agent.snapshots().counters(),
            counters -> counters.missedCount())
        .description("Attempts of heads here that came to nothing")
        .register(registry);
    FunctionCounter.builder(
            "mooring.snapshots.removed",
            agent.snapshots().counters(),
            counters -> counters.removedCount())
        .description("Snapshots that were deleted from replicas here")
        .register(registry);
    for (VolumeTaskKind kind : VolumeTaskKind.values()) {
      Gauge.builder(
              "mooring.volume.tasks",
              agent,
              a -> a.snapshots().tasks().underWay().stream().filter(kind::equals).count())
          .tags(Tags.of("kind", kind.name().toLowerCase(Locale.ROOT)))
          .description("Tasks that are being worked on")
          .register(registry);
    }
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<ReplicaSnapshots> value) {
    Gauge.builder(
            name,
            agent,
            a ->
                a.volumes().replicas().stream()
                    .map(ReplicaHost::snapshots)
                    .mapToDouble(value)
                    .sum())
        .description(description)
        .register(registry);
  }
}
