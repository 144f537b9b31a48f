package io.mooring.volumeagent.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * How full the volumes are, under the names and labels that PX metrics have, so that a Prometheus
 * that scrapes the agents answers the queries that people already have. What was measured too long
 * ago has no value: a scrape would give it a new time.
 */
public final class UsageMetrics {

  private static final String CLAIM = "csi.storage.k8s.io/pvc/name";
  private static final String NAMESPACE = "csi.storage.k8s.io/pvc/namespace";

  private final MeterRegistry registry;
  private final Node node;
  private final Map<String, Registered> registered = new HashMap<>();

  /**
   * What the meters are read from.
   *
   * @param measured the newest measurement of a volume
   * @param described what is known about a volume
   * @param ageMax how old a measurement may be that is shown
   */
  public record Node(
      String nodeId,
      Function<String, Optional<VolumeUsage>> measured,
      Function<String, Optional<VolumeState>> described,
      Duration ageMax,
      Clock clock) {}

  private record Registered(Tags tags, List<Meter> meters) {}

  public UsageMetrics(MeterRegistry registry, Node node) {
    this.registry = registry;
    this.node = node;
  }

  /** Makes the meters match the volumes that are attached now. */
  public synchronized void follow(Collection<String> volumes) {
    Set<String> gone = new HashSet<>(registered.keySet());
    for (String volume : volumes) {
      Tags tags = tags(volume);
      gone.remove(volume);
      Registered before = registered.get(volume);
      if (before == null || !before.tags().equals(tags)) {
        remove(volume);
        registered.put(volume, new Registered(tags, register(volume, tags)));
      }
    }
    gone.forEach(this::remove);
  }

  private void remove(String volume) {
    Registered removed = registered.remove(volume);
    if (removed != null) {
      removed.meters().forEach(registry::remove);
    }
  }

  private Tags tags(String volume) {
    Optional<VolumeState> state = node.described().apply(volume);
    Map<String, String> labels = state.map(s -> s.getSpec().getLabels()).orElse(Map.of());
    return Tags.of(
        "volumeid", volume,
        "volumename", state.map(VolumeState::getName).orElse(""),
        "pvc", labels.getOrDefault(CLAIM, ""),
        "namespace", labels.getOrDefault(NAMESPACE, ""),
        "node", node.nodeId());
  }

  private List<Meter> register(String volume, Tags tags) {
    return List.of(
        gauge("px.volume.capacity", volume, tags, VolumeUsage::getCapacityBytes, "Logical size"),
        gauge("px.volume.usage", volume, tags, VolumeUsage::getFsUsedBytes, "Used bytes"),
        gauge("px.volume.fs.usage", volume, tags, VolumeUsage::getFsUsedBytes, "Used bytes"),
        gauge(
            "px.volume.fs.capacity",
            volume,
            tags,
            VolumeUsage::getFsSizeBytes,
            "Size of the file system"));
  }

  private Meter gauge(
      String name, String volume, Tags tags, ToLongFunction<VolumeUsage> value, String meaning) {
    return Gauge.builder(name, this, metrics -> metrics.read(volume, value))
        .tags(tags)
        .description(meaning)
        .baseUnit("bytes")
        .register(registry);
  }

  private double read(String volume, ToLongFunction<VolumeUsage> value) {
    return node.measured()
        .apply(volume)
        .filter(usage -> !usage.getAt().isBefore(node.clock().instant().minus(node.ageMax())))
        .map(usage -> (double) value.applyAsLong(usage))
        .filter(number -> number >= 0)
        .orElse(Double.NaN);
  }
}
