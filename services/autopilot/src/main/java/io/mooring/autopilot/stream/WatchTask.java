package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.BrokerVolumes;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.NodePools;
import io.mooring.autopilot.decision.PoolFigures;
import io.mooring.autopilot.decision.ResizeOrder;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.RuleState;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.decision.Trigger;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.VolumeWatch.Decision;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.expression.Metric;
import io.mooring.autopilot.rule.RebalanceAction;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.JudgedPools;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.VolumeCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of one partition: lets the watch decide and carries out what it says. Volumes are
 * held in memory with their newest measurements; the store gets only what must survive.
 */
final class WatchTask {

  private final ProcessorContext<String, SpecificRecord> context;
  private final AutopilotSettings settings;
  private final RuleLibrary rules;
  private final AutopilotMetrics metrics;
  private final KeyValueStore<String, WatchedVolume> store;
  private final KeyValueStore<String, Claim> claims;
  private final KeyValueStore<String, NodePools> pools;
  private final PartitionObjects objects;
  private final VolumeWatch watch;
  private final SampleGate gate;

  /** Not kept over a restart: brokers are asked each minute. */
  private final BrokerVolumes brokers = new BrokerVolumes();

  WatchTask(
      ProcessorContext<String, SpecificRecord> context,
      AutopilotSettings settings,
      RuleLibrary rules,
      AutopilotMetrics metrics,
      PartitionObjects objects) {
    this.context = context;
    this.settings = settings;
    this.rules = rules;
    this.metrics = metrics;
    this.objects = objects;
    this.store = context.getStateStore(AutopilotTopology.VOLUMES_STORE);
    this.claims = context.getStateStore(AutopilotTopology.CLAIMS_STORE);
    this.pools = context.getStateStore(AutopilotTopology.POOLS_STORE);
    this.watch = new VolumeWatch(settings.retryAfter());
    this.gate = new SampleGate(settings.sampleAgeMax());
  }

  void open() {
    try (KeyValueIterator<String, WatchedVolume> all = store.all()) {
      all.forEachRemaining(entry -> objects.put(entry.value));
    }
  }

  void described(VolumeFacts facts) {
    WatchedVolume before = objects.get(facts.id());
    WatchedVolume after = watch.described(before, facts);
    keep(before, before == null ? watch.claimed(after, claims.get(facts.id())) : after);
  }

  /** What Kubernetes says of a volume may come before the volume is heard of. */
  void claimed(String volumeId, @Nullable Claim claim) {
    claims.put(volumeId, claim);
    WatchedVolume before = objects.get(volumeId);
    if (before != null) {
      keep(before, watch.claimed(before, claim));
    }
  }

  void queried(String volumeId, String query, Answer answer) {
    WatchedVolume before = objects.get(volumeId);
    if (before != null) {
      keep(before, watch.queried(before, query, answer));
    }
  }

  void told(BrokerVolumes.Broker broker) {
    brokers.told(broker);
  }

  void deleted(String volumeId) {
    WatchedVolume gone = objects.remove(volumeId);
    if (gone != null) {
      store.delete(volumeId);
      claims.delete(volumeId);
      gone.tracks().keySet().stream()
          .sorted()
          .forEach(rule -> publish(gone.facts(), rule, null, null));
    }
  }

  void measured(String volumeId, UsageSample sample, EventHeaders cause) {
    WatchedVolume before = objects.get(volumeId);
    Optional<SampleGate.Refusal> refusal = gate.refuse(sample, now());
    if (before == null || refusal.isPresent()) {
      metrics.refused(refusal.map(SampleGate.Refusal::name).orElse("UNKNOWN_VOLUME"));
      return;
    }
    WatchedVolume limited = watch.limited(before, brokers.ceilingOf(before, sample));
    accept(limited, watch.measured(limited, sample, rules.book()), cause);
    metrics.evaluated(Duration.between(sample.at(), now()));
  }

  void answered(String volumeId, RuleInput answer, EventHeaders cause) {
    WatchedVolume before = objects.get(volumeId);
    if (before != null) {
      accept(before, watch.answered(before, answer, rules.book()), cause);
    }
  }

  void approved(String volumeId, String rule, RuleInput.Approval approval, EventHeaders cause) {
    WatchedVolume before = objects.get(volumeId);
    if (before != null) {
      accept(before, watch.approved(before, rule, approval, rules.book()), cause);
    }
  }

  /**
   * A node described its pools, or is gone: each is a measurement, to be compared with all pools.
   */
  void poolsMeasured(JudgedPools judged, EventHeaders cause) {
    record(judged, cause);
    NodePools node = PoolReader.of(judged, now());
    NodePools before = pools.get(node.nodeId());
    if (node.pools().isEmpty()) {
      pools.delete(node.nodeId());
    } else {
      pools.put(node.nodeId(), node);
    }
    Set<String> present = new HashSet<>();
    PoolFigures.Cluster cluster = NodePools.sum(allPools(), node.at(), settings.sampleAgeMax());
    for (NodePools.Pool pool : node.pools()) {
      described(node.facts(pool));
      measured(node.objectId(pool), node.sample(pool, cluster), cause);
      present.add(node.objectId(pool));
    }
    if (before != null) {
      before.pools().stream()
          .map(before::objectId)
          .filter(id -> !present.contains(id))
          .forEach(this::deleted);
    }
  }

  /** Descriptors are a state, of which only the newest is kept; a replay needs all of them. */
  private void record(JudgedPools judged, EventHeaders cause) {
    forward(
        AutopilotTopology.POOLS_SINK,
        judged.getNodeId(),
        judged,
        new Origin(UUID.randomUUID(), cause.correlationId(), cause.id()));
  }

  private List<NodePools> allPools() {
    List<NodePools> all = new ArrayList<>();
    try (KeyValueIterator<String, NodePools> nodes = pools.all()) {
      nodes.forEachRemaining(entry -> all.add(entry.value));
    }
    return all;
  }

  /** News of what was asked of pools together; every pool finds out whether it is meant. */
  void answeredForPools(RuleInput answer, EventHeaders cause) {
    objects.all(Metric.Subject.POOL).stream()
        .map(pool -> pool.facts().id())
        .sorted()
        .toList()
        .forEach(id -> answered(id, answer, cause));
  }

  Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }

  private void accept(WatchedVolume before, Decision decision, EventHeaders cause) {
    keep(before, decision.after());
    VolumeFacts volume = decision.after().facts();
    decision.outcomes().forEach(outcome -> carryOut(volume, outcome, cause));
  }

  private void keep(@Nullable WatchedVolume before, WatchedVolume after) {
    objects.put(after);
    if (before == null || !before.isDurablyEqualTo(after)) {
      store.put(after.facts().id(), after.durable());
    }
  }

  private void carryOut(VolumeFacts volume, Outcome outcome, EventHeaders cause) {
    Effect effect = outcome.effect();
    metrics.followed(effect);
    SpecificRecord event = RecordWriter.event(volume, outcome.rule(), effect, now());
    // All that a trigger leads to shares its id as correlation.
    UUID correlation =
        RecordWriter.trigger(effect).map(Trigger::id).orElseGet(cause::correlationId);
    forward(
        AutopilotTopology.EVENTS_SINK,
        volume.id(),
        event,
        new Origin(UUID.randomUUID(), correlation, cause.id()));
    switch (effect) {
      case Effect.Moved moved -> publishMove(volume, outcome.rule(), moved, cause);
      case Effect.Resize(Trigger trigger, ResizeOrder order) ->
          command(volume, outcome.rule(), trigger, order, cause);
      case Effect.HeldBack _, Effect.WillFill _ -> {}
    }
  }

  /** That a rule watches a volume is no news until it wants something of it. */
  private void publishMove(
      VolumeFacts volume, String rule, Effect.Moved moved, EventHeaders cause) {
    if (moved.to() instanceof RuleState.Initializing) {
      publish(volume, rule, null, cause);
    } else if (!(moved.from() instanceof RuleState.Initializing)) {
      publish(volume, rule, RecordWriter.object(volume, rule, moved), cause);
    }
  }

  private void publish(
      VolumeFacts volume,
      String rule,
      @Nullable RuleObjectState state,
      @Nullable EventHeaders cause) {
    UUID eventId = UUID.randomUUID();
    forward(
        AutopilotTopology.OBJECTS_SINK,
        volume.id() + "/" + rule,
        state,
        new Origin(
            eventId,
            cause == null ? eventId : cause.correlationId(),
            cause == null ? null : cause.id()));
  }

  private void command(
      VolumeFacts volume, String rule, Trigger trigger, ResizeOrder order, EventHeaders cause) {
    Instant expiresAt = now().plus(settings.commandLifetime());
    Origin origin = new Origin(order.commandId(), trigger.id(), cause.id());
    RebalanceAction rebalance = order.rebalance();
    if (rebalance == null && volume.subject() == Metric.Subject.POOL) {
      PoolCommand command = RecordWriter.expand(volume, rule, order, expiresAt);
      forward(AutopilotTopology.POOL_COMMANDS_SINK, command.getSubject(), command, origin);
    } else if (rebalance == null) {
      VolumeCommand command = RecordWriter.command(volume, rule, order, expiresAt);
      forward(AutopilotTopology.COMMANDS_SINK, volume.id(), command, origin);
    } else {
      PoolCommand command = RecordWriter.rebalance(volume, rule, order, rebalance, expiresAt);
      forward(AutopilotTopology.POOL_COMMANDS_SINK, command.getSubject(), command, origin);
    }
  }

  /** Where a record comes from. */
  private record Origin(UUID eventId, UUID correlationId, @Nullable UUID causationId) {}

  private void forward(String sink, String key, @Nullable SpecificRecord value, Origin origin) {
    RecordHeaders headers = new RecordHeaders();
    String type = value == null ? "io.mooring.RuleObjectState" : EventHeaders.typeOf(value);
    new EventHeaders(
            origin.eventId(),
            type,
            settings.source(),
            now(),
            key,
            origin.correlationId(),
            origin.causationId())
        .writeTo(headers);
    context.forward(new Record<>(key, value, now().toEpochMilli(), headers), sink);
  }
}
