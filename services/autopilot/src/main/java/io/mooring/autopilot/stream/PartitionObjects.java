package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.expression.Metric.Subject;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Volumes and pools of one partition; its task writes them, others only read. They are kept apart,
 * because there are few pools and a million volumes are not to be searched for them.
 */
final class PartitionObjects {

  private final Map<String, WatchedVolume> volumes = new ConcurrentHashMap<>();
  private final Map<String, WatchedVolume> pools = new ConcurrentHashMap<>();

  @Nullable WatchedVolume get(String id) {
    WatchedVolume volume = volumes.get(id);
    return volume == null ? pools.get(id) : volume;
  }

  void put(WatchedVolume object) {
    of(object.facts().subject()).put(object.facts().id(), object);
  }

  @Nullable WatchedVolume remove(String id) {
    WatchedVolume volume = volumes.remove(id);
    return volume == null ? pools.remove(id) : volume;
  }

  Collection<WatchedVolume> all(Subject subject) {
    return Collections.unmodifiableCollection(of(subject).values());
  }

  private Map<String, WatchedVolume> of(Subject subject) {
    return switch (subject) {
      case VOLUME -> volumes;
      case POOL -> pools;
    };
  }
}
