package io.mooring.volumemanager.catalogue;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.VolumePhase;
import io.mooring.volumemanager.snapshot.SnapshotSet;
import io.mooring.volumemanager.volume.Volume;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What operators see of the catalogue. Counts cover the partitions that this instance decides on.
 */
public final class CatalogueMetrics {

  private static final String NONE = "none";

  private final MeterRegistry meters;
  private final Map<Integer, VolumeIndex> partitions = new ConcurrentHashMap<>();
  private volatile Map<SnapshotSetPhase, Integer> snapshots = Map.of();

  public CatalogueMetrics(MeterRegistry meters) {
    this.meters = meters;
    for (VolumePhase phase : VolumePhase.values()) {
      Gauge.builder("mooring.volumes", () -> inPhase(phase))
          .description("Volumes by phase")
          .tag("phase", name(phase))
          .register(meters);
    }
    Gauge.builder("mooring.volumes.degraded", this::degraded)
        .description("Volumes with fewer in-sync replicas than they ask for")
        .register(meters);
    Gauge.builder("mooring.volumes.half", this::half)
        .description("Volumes whose content is being written anew, or was not written to its end")
        .register(meters);
    for (SnapshotSetPhase phase : SnapshotSetPhase.values()) {
      Gauge.builder("mooring.snapshot.sets", () -> snapshots.getOrDefault(phase, 0))
          .description("Snapshot sets by phase")
          .tag("phase", phase.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
  }

  /** Sets by phase, as the task counts them that decides on all of them. */
  void ownSnapshots(Collection<SnapshotSet> sets) {
    Map<SnapshotSetPhase, Integer> counts = new EnumMap<>(SnapshotSetPhase.class);
    sets.forEach(set -> counts.merge(SnapshotRecordWriter.phase(set.phase()), 1, Integer::sum));
    snapshots = counts;
  }

  void snapshotsTaken(SnapshotSet set) {
    meters.counter("mooring.snapshot.attempts", "outcome", "taken").increment();
    meters.timer("mooring.snapshot.hold").record(Duration.ofMillis(set.heldMsMax()));
  }

  void snapshotsFailed(String code) {
    meters.counter("mooring.snapshot.attempts", "outcome", code).increment();
  }

  void own(int partition, VolumeIndex index) {
    partitions.put(partition, index);
  }

  void disown(int partition) {
    partitions.remove(partition);
  }

  void transition(@Nullable Volume before, @Nullable Volume after) {
    String from = phaseOf(before);
    String to = phaseOf(after);
    if (!from.equals(to)) {
      meters.counter("mooring.volume.transitions", "from", from, "to", to).increment();
    }
  }

  void deadLetter(String topic, String code) {
    meters.counter("mooring.dead.letters", "topic", topic, "code", code).increment();
  }

  /** A move of a rebalance came to another phase. */
  void moved(ReplicaMovePhase phase) {
    meters
        .counter("mooring.rebalance.moves", "phase", phase.name().toLowerCase(Locale.ROOT))
        .increment();
  }

  void decided(String topic, Duration sinceWritten) {
    meters.timer("mooring.decision.lag", "topic", topic).record(sinceWritten);
  }

  private int inPhase(VolumePhase phase) {
    return partitions.values().stream().mapToInt(index -> index.inPhase(phase)).sum();
  }

  private int degraded() {
    return partitions.values().stream().mapToInt(VolumeIndex::degraded).sum();
  }

  private int half() {
    return partitions.values().stream().mapToInt(VolumeIndex::half).sum();
  }

  private static String phaseOf(@Nullable Volume volume) {
    return volume == null ? NONE : name(RecordWriter.phase(volume.phase()));
  }

  private static String name(VolumePhase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }
}
