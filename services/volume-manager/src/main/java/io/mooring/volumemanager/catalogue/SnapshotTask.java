package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.VolumePhase;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.snapshot.SetPhase;
import io.mooring.volumemanager.snapshot.SnapshotDecider;
import io.mooring.volumemanager.snapshot.SnapshotDecision;
import io.mooring.volumemanager.snapshot.SnapshotEffect;
import io.mooring.volumemanager.snapshot.SnapshotInput;
import io.mooring.volumemanager.snapshot.SnapshotSet;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.snapshot.SnapshotView;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * All snapshot sets: lets the decider decide and carries out what it says. Everything written here,
 * stores and records, becomes visible in one transaction or not at all.
 */
final class SnapshotTask implements SnapshotView {

  private final TaskOutput output;
  private final CatalogueMetrics metrics;
  private final KeyValueStore<String, SnapshotSet> store;
  private final KeyValueStore<String, VolumeOutline> outlines;
  private final KeyValueStore<String, NodeHealth> health;
  private final SnapshotDecider decider = new SnapshotDecider(this);

  /** What the store holds: every command weighs all sets of its volumes. */
  private final Map<String, SnapshotSet> sets = new LinkedHashMap<>();

  SnapshotTask(
      ProcessorContext<String, SpecificRecord> context,
      CatalogueSettings settings,
      CatalogueMetrics metrics) {
    this.output = new TaskOutput(context, settings.source());
    this.metrics = metrics;
    this.store = context.getStateStore(CatalogueTopology.SETS_STORE);
    this.outlines = context.getStateStore(CatalogueTopology.OUTLINES_STORE);
    this.health = context.getStateStore(CatalogueTopology.SNAPSHOT_HEALTH_STORE);
  }

  void open() {
    try (KeyValueIterator<String, SnapshotSet> all = store.all()) {
      all.forEachRemaining(entry -> sets.put(entry.key, entry.value));
    }
    metrics.ownSnapshots(sets.values());
  }

  void close() {
    metrics.ownSnapshots(List.of());
  }

  void decide(SnapshotSetId id, SnapshotInput input) {
    SnapshotSet before = sets.get(id.value());
    SnapshotDecision decision = decider.decide(id, before, input, now());
    SnapshotSet after = decision.after();
    if (!Objects.equals(before, after)) {
      keep(id, after);
      publish(id, before, after, cause(input, before));
      count(before, after);
    }
    decision.effects().forEach(effect -> carryOut(id, effect, after == null ? before : after));
  }

  /** Only sets of which time alone can change something. */
  void timePassed() {
    List.copyOf(sets.values()).stream()
        .filter(set -> !(set.phase() instanceof SetPhase.Ready))
        .forEach(set -> decide(set.id(), new SnapshotInput.TimePassed()));
  }

  private static Cause cause(SnapshotInput input, @Nullable SnapshotSet before) {
    return switch (input) {
      case SnapshotInput.Take take -> take.reference().cause();
      case SnapshotInput.Delete delete -> delete.reference().cause();
      case SnapshotInput.Report report -> report.cause();
      case SnapshotInput.TimePassed _ ->
          Objects.requireNonNull(before, "time passes for sets only").origin().cause();
    };
  }

  private void keep(SnapshotSetId id, @Nullable SnapshotSet after) {
    if (after == null) {
      store.delete(id.value());
      sets.remove(id.value());
    } else {
      store.put(id.value(), after);
      sets.put(id.value(), after);
    }
    metrics.ownSnapshots(sets.values());
  }

  /** What only this task remembers is nobody else's business. */
  private void publish(
      SnapshotSetId id, @Nullable SnapshotSet before, @Nullable SnapshotSet after, Cause cause) {
    SpecificRecord told = before == null ? null : SnapshotRecordWriter.state(before);
    SpecificRecord tell = after == null ? null : SnapshotRecordWriter.state(after);
    if (!Objects.equals(told, tell)) {
      output.forward(
          CatalogueTopology.SNAPSHOTS_SINK, id.value(), tell, "io.mooring.SnapshotSetState", cause);
    }
  }

  private void count(@Nullable SnapshotSet before, @Nullable SnapshotSet after) {
    if (after == null || (before != null && before.phase().equals(after.phase()))) {
      return;
    }
    switch (after.phase()) {
      case SetPhase.Ready _ -> metrics.snapshotsTaken(after);
      case SetPhase.Failed failed -> metrics.snapshotsFailed(failed.code());
      case SetPhase.Holding _ -> {}
      case SetPhase.Taking _ -> {}
      case SetPhase.Deleting _ -> {}
    }
  }

  private void carryOut(SnapshotSetId id, SnapshotEffect effect, @Nullable SnapshotSet set) {
    switch (effect) {
      case SnapshotEffect.Announce(SnapshotEffect.Fact fact, Cause cause) -> {
        SpecificRecord event = SnapshotRecordWriter.event(id, fact, now());
        output.forward(CatalogueTopology.SNAPSHOT_EVENTS_SINK, id.value(), event, cause);
      }
      case SnapshotEffect.AskForNode ask -> {
        SpecificRecord request = SnapshotRecordWriter.request(ask);
        output.forward(
            CatalogueTopology.TASKS_SINK,
            ask.snapshot().volume().value(),
            request,
            Objects.requireNonNull(set, "only a set needs a node").origin().cause());
      }
    }
  }

  @Override
  public Optional<VolumeOutline> volume(VolumeId id) {
    return Optional.ofNullable(outlines.get(id.value()));
  }

  /** Volumes of a list that exist, and all of a group; empty for none. */
  List<VolumeId> existing(List<VolumeId> wanted, String group) {
    Set<VolumeId> found = new LinkedHashSet<>();
    try (KeyValueIterator<String, VolumeOutline> all = outlines.all()) {
      all.forEachRemaining(entry -> {
        VolumeOutline volume = entry.value;
        if (volume != null
            && volume.standing().phase() != VolumePhase.DELETING
            && (wanted.contains(volume.id())
                || (!group.isEmpty() && group.equals(volume.spec().grouping().group())))) {
          found.add(volume.id());
        }
      });
    }
    return List.copyOf(found);
  }

  @Override
  public boolean isDown(NodeId node) {
    NodeHealth known = health.get(node.value());
    return known != null && known.downSince() != null;
  }

  @Override
  public List<SnapshotSet> sets() {
    return List.copyOf(sets.values());
  }

  @Override
  public List<String> readers(SnapshotSetId set) {
    List<String> names = new ArrayList<>();
    try (KeyValueIterator<String, VolumeOutline> all = outlines.all()) {
      all.forEachRemaining(entry -> {
        // Deleted by the store's own thread since the iteration began.
        VolumeOutline volume = entry.value;
        if (volume != null && volume.reads(set.value())) {
          names.add(volume.name());
        }
      });
    }
    return names;
  }

  private Instant now() {
    return output.now();
  }
}
