package io.mooring.volumemanager.catalogue;

import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.placement.ProvisioningLedger.Footprint;
import io.mooring.volumemanager.volume.Announcement;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.ClusterView;
import io.mooring.volumemanager.volume.CommandReference;
import io.mooring.volumemanager.volume.Decision;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeDecider;
import io.mooring.volumemanager.volume.VolumeFact;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeInput;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of one partition: lets the decider decide and carries out what it says. Everything
 * written here, stores and records, becomes visible in one transaction or not at all.
 */
final class VolumeTask {

  private final TaskOutput output;
  private final CatalogueSettings settings;
  private final ProvisioningLedger ledger;
  private final CatalogueMetrics metrics;
  private final KeyValueStore<String, Volume> volumes;
  private final WindowStore<String, Answer> answers;
  private final VolumeDecider decider;
  private final VolumeIndex index = new VolumeIndex();
  private final int partition;

  VolumeTask(
      ProcessorContext<String, SpecificRecord> context,
      CatalogueSettings settings,
      ProvisioningLedger ledger,
      CatalogueMetrics metrics) {
    this.output = new TaskOutput(context, settings.source());
    this.settings = settings;
    this.ledger = ledger;
    this.metrics = metrics;
    this.volumes = context.getStateStore(CatalogueTopology.VOLUMES_STORE);
    this.answers = context.getStateStore(CatalogueTopology.ANSWERS_STORE);
    this.partition = context.taskId().partition();
    ClusterView cluster =
        new StoredClusterView(
            context, context.getStateStore(CatalogueTopology.HEALTH_STORE), ledger);
    this.decider = new VolumeDecider(cluster, settings.replaceAfter());
  }

  void open() {
    ledger.own(partition);
    metrics.own(partition, index);
    try (KeyValueIterator<String, Volume> all = volumes.all()) {
      all.forEachRemaining(entry -> track(null, entry.value));
    }
  }

  void close() {
    ledger.disown(partition);
    metrics.disown(partition);
  }

  void command(VolumeInput.Command command) {
    CommandReference reference = command.reference();
    Optional<Answer> earlier = earlierAnswer(reference);
    if (earlier.isPresent()) {
      Answer answer = earlier.get();
      announce(
          reference.volume(),
          answer.fact(),
          reference.cause(),
          answer.epoch(),
          answer.generation());
    } else {
      decide(reference.volume(), command);
    }
  }

  void report(VolumeId id, VolumeInput.Report report) {
    decide(id, report);
  }

  /** Decides on every volume that has something on the node. */
  void judgement(NodeId node, VolumeInput.Judgement judgement) {
    index.onNode(node).forEach(id -> decide(id, judgement));
  }

  void timePassed() {
    index.needingAttention().forEach(id -> decide(id, new VolumeInput.TimePassed()));
  }

  Instant now() {
    return output.now();
  }

  private void decide(VolumeId id, VolumeInput input) {
    Volume before = volumes.get(id.value());
    Decision decision = decider.decide(before, input, now());
    Volume after = decision.after();
    if (!Objects.equals(before, after)) {
      store(id, after);
      track(before, after);
      metrics.transition(before, after);
    }
    if (decision.statePublished()) {
      publishState(id, after, Objects.requireNonNull(decision.stateCause()));
    }
    decision.announcements().forEach(announcement -> carryOut(id, announcement, before, after));
  }

  private void store(VolumeId id, @Nullable Volume after) {
    if (after == null) {
      volumes.delete(id.value());
    } else {
      volumes.put(id.value(), after);
    }
  }

  private void track(@Nullable Volume before, @Nullable Volume after) {
    index.replace(before, after);
    ledger.decided(partition, footprint(before), footprint(after));
  }

  private static @Nullable Footprint footprint(@Nullable Volume volume) {
    return volume == null ? null : Footprint.of(volume);
  }

  private void carryOut(
      VolumeId id, Announcement announcement, @Nullable Volume before, @Nullable Volume after) {
    Volume described = after != null ? after : before;
    long epoch = described == null ? 0 : described.epoch().value();
    long generation = described == null ? 0 : described.generation().value();
    if (announcement.fact() instanceof VolumeFact.TaskEnded ended) {
      SpecificRecord event = SnapshotRecordWriter.taskEnded(id, ended, now());
      output.forward(
          CatalogueTopology.TASK_EVENTS_SINK,
          ended.task().snapshot().setId(),
          event,
          announcement.cause());
      return;
    }
    announce(id, announcement.fact(), announcement.cause(), epoch, generation);
    if (announcement.answers() != null) {
      answers.put(
          answerKey(id, announcement.answers()),
          new Answer(announcement.fact(), epoch, generation),
          now().toEpochMilli());
    }
  }

  private Optional<Answer> earlierAnswer(CommandReference reference) {
    Instant now = now();
    String key = answerKey(reference.volume(), reference.idempotencyKey());
    Answer newest = null;
    try (WindowStoreIterator<Answer> kept =
        answers.fetch(key, now.minus(settings.answersKept()), now)) {
      while (kept.hasNext()) {
        newest = kept.next().value;
      }
    }
    return Optional.ofNullable(newest);
  }

  private static String answerKey(VolumeId id, String idempotencyKey) {
    return id + " " + idempotencyKey;
  }

  private void publishState(VolumeId id, @Nullable Volume volume, Cause cause) {
    output.forward(
        CatalogueTopology.STATE_SINK,
        id.value(),
        volume == null ? null : RecordWriter.state(volume),
        "io.mooring.VolumeState",
        cause);
  }

  private void announce(VolumeId id, VolumeFact fact, Cause cause, long epoch, long generation) {
    SpecificRecord event = RecordWriter.event(id, epoch, generation, fact, now());
    output.forward(CatalogueTopology.EVENTS_SINK, id.value(), event, cause);
  }
}
