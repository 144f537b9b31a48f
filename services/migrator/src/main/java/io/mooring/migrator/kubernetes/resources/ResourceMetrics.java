package io.mooring.migrator.kubernetes.resources;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicBoolean;

/** What operators see of the migrator's resources on Kubernetes. */
public final class ResourceMetrics {

  private final AtomicBoolean leading = new AtomicBoolean();
  private final MeterRegistry meters;

  public ResourceMetrics(MeterRegistry meters) {
    this.meters = meters;
    Gauge.builder("mooring.migrator.kubernetes.leader", leading, flag -> flag.get() ? 1 : 0)
        .description("1 if this instance keeps the cluster's resources and the topics equal")
        .register(meters);
  }

  void leads(boolean yes) {
    leading.set(yes);
  }

  void failed(String part) {
    meters.counter("mooring.migrator.kubernetes.failures", "part", part).increment();
  }
}
