package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.expression.Metric.Subject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Volumes and pools that this instance decides on, with their newest measurements, for readers. */
public final class LiveVolumes {

  private final Map<Integer, Map<String, WatchedVolume>> partitions = new ConcurrentHashMap<>();

  /** A new map of volumes for a partition; its task writes it, others only read. */
  Map<String, WatchedVolume> own(int partition) {
    Map<String, WatchedVolume> volumes = new ConcurrentHashMap<>();
    partitions.put(partition, volumes);
    return volumes;
  }

  /** The next owner's map stays, if there is one already. */
  void disown(int partition, Map<String, WatchedVolume> volumes) {
    partitions.computeIfPresent(partition, (_, current) -> current == volumes ? null : current);
  }

  /** Partitions that this instance decides on; volumes of the others are another's. */
  public SortedSet<Integer> partitions() {
    return new TreeSet<>(partitions.keySet());
  }

  public List<WatchedVolume> all() {
    return partitions.values().stream().map(Map::values).flatMap(Collection::stream).toList();
  }

  long count(Subject subject) {
    return partitions.values().stream()
        .map(Map::values)
        .flatMap(Collection::stream)
        .filter(object -> object.facts().subject() == subject)
        .count();
  }
}
