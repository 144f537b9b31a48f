package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.expression.Metric.Subject;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Volumes and pools that this instance decides on, with their newest measurements, for readers. */
public final class LiveVolumes {

  private final Map<Integer, PartitionObjects> partitions = new ConcurrentHashMap<>();

  /** A new place for the objects of a partition; its task writes it, others only read. */
  PartitionObjects own(int partition) {
    PartitionObjects objects = new PartitionObjects();
    partitions.put(partition, objects);
    return objects;
  }

  /** The next owner's place stays, if there is one already. */
  void disown(int partition, PartitionObjects objects) {
    partitions.computeIfPresent(partition, (_, current) -> current == objects ? null : current);
  }

  /** Partitions that this instance decides on; volumes of the others are another's. */
  public SortedSet<Integer> partitions() {
    return new TreeSet<>(partitions.keySet());
  }

  public List<WatchedVolume> all() {
    return partitions.values().stream()
        .flatMap(objects ->
            Stream.concat(objects.all(Subject.VOLUME).stream(), objects.all(Subject.POOL).stream()))
        .toList();
  }

  /** Asked at each look at the metrics, so it does not depend on how many there are. */
  long count(Subject subject) {
    return partitions.values().stream().mapToLong(objects -> objects.all(subject).size()).sum();
  }
}
