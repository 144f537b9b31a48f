package io.mooring.failoverdetector.stream;

import io.mooring.failoverdetector.brokers.NodeIncidents;
import io.mooring.failoverdetector.brokers.NodeIncidents.NodeIncident;
import io.mooring.failoverdetector.liveness.Judgement;
import io.mooring.failoverdetector.liveness.LivenessJudge;
import io.mooring.failoverdetector.liveness.NodeStatus;
import io.mooring.failoverdetector.liveness.NodeView;
import io.mooring.failoverdetector.liveness.RememberedNode;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.RecordDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jboss.logging.Logger;

/** Feeds the judges with what arrives, and keeps their memory in the stores. */
final class DetectorProcessor implements Processor<byte[], byte[], String, SpecificRecord> {

  private static final Logger LOG = Logger.getLogger(DetectorProcessor.class);

  /** Nobody looks more often than a few times a second. */
  private static final int TICKS_PER_PICTURE = 5;

  private final DetectorParts parts;
  private final RecordDecoder<NodeHeartbeat> heartbeats;
  private final RecordDecoder<NodeDescriptor> descriptors;
  private final LivenessJudge judge;
  private int ticksSincePicture;
  private ProcessorContext<String, SpecificRecord> context;
  private DetectorStores stores;
  private Outlet outlet;
  private ClusterDesk clusters;

  DetectorProcessor(ControlSerdes serdes, DetectorParts parts) {
    this.parts = parts;
    this.heartbeats =
        new RecordDecoder<>(serdes, ControlTopic.NODE_HEARTBEATS, NodeHeartbeat.class);
    this.descriptors = new RecordDecoder<>(serdes, ControlTopic.NODES, NodeDescriptor.class);
    this.judge = new LivenessJudge(parts.settings(), parts.ids());
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    stores = DetectorStores.in(context);
    outlet = new Outlet(context, parts.source());
    clusters = new ClusterDesk(stores.clusters(), parts.clusters(), outlet, parts.ids());
    try (KeyValueIterator<String, RememberedNode> nodes = stores.nodes().all()) {
      nodes.forEachRemaining(entry -> judge.recall(entry.value));
    }
    clusters.open();
    Duration tick = Duration.ofMillis(parts.settings().cadence().tickMs());
    context.schedule(tick, PunctuationType.WALL_CLOCK_TIME, this::onTick);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata at = context.recordMetadata().orElseThrow();
    try {
      if (at.topic().equals(ControlTopic.NODES.topicName())) {
        onDescriptor(record, at);
      } else {
        onHeartbeat(record, at);
      }
    } catch (ControlTopicException outage) {
      // The next beat comes in a moment; judging the other nodes must not wait for the registry.
      parts.board().rejected(outage.code());
      LOG.warnf(
          "Record dropped; topic=%s offset=%d cause=%s",
          at.topic(), at.offset(), outage.getMessage());
    }
  }

  private void onHeartbeat(Record<byte[], byte[]> record, RecordMetadata at) {
    switch (heartbeats.decode(record.headers(), record.value())) {
      case Decoded.Value<NodeHeartbeat>(NodeHeartbeat beat) -> {
        String key = Outlet.text(record.key());
        if (!key.equals(beat.getNodeId())) {
          String reason = "Key is '" + key + "', the beat is of '" + beat.getNodeId() + "'.";
          bury(record, at, new Decoded.Poison<>("DET-005", reason));
          return;
        }
        long now = context.currentSystemTimeMs();
        UUID beatId = EventHeaders.readIfValid(record.headers()).map(EventHeaders::id).orElse(null);
        publish(judge.onBeat(beat, now - record.timestamp(), beatId, now));
      }
      case Decoded.Tombstone<NodeHeartbeat> _ ->
          throw new IllegalStateException("heartbeats have no tombstones");
      case Decoded.Poison<NodeHeartbeat> poison -> bury(record, at, poison);
    }
  }

  private void onDescriptor(Record<byte[], byte[]> record, RecordMetadata at) {
    switch (descriptors.decode(record.headers(), record.value())) {
      case Decoded.Value<NodeDescriptor>(NodeDescriptor node) ->
          stores.hosts().put(node.getNodeId(), node.getHost());
      case Decoded.Tombstone<NodeDescriptor> _ -> {
        String nodeId = Outlet.text(record.key());
        judge.forget(nodeId);
        stores.nodes().delete(nodeId);
        stores.hosts().delete(nodeId);
      }
      case Decoded.Poison<NodeDescriptor> poison -> bury(record, at, poison);
    }
  }

  private void bury(Record<byte[], byte[]> record, RecordMetadata at, Decoded.Poison<?> poison) {
    parts.board().rejected(poison.code());
    LOG.warnf(
        "Poison record; topic=%s offset=%d code=%s reason=%s",
        at.topic(), at.offset(), poison.code(), poison.reason());
    outlet.bury(record, at, poison, Instant.ofEpochMilli(context.currentSystemTimeMs()));
  }

  private void onTick(long wallMs) {
    publish(judge.onTick(wallMs));
    clusters.onTick(() -> incidents(wallMs), wallMs);
    if (++ticksSincePicture >= TICKS_PER_PICTURE) {
      show();
    }
  }

  private void show() {
    ticksSincePicture = 0;
    parts
        .board()
        .took(
            new DetectorBoard.Picture(
                judge.views(), clusters.clusters(), judge.isQuiet(), judge.ownPauses()));
  }

  private NodeIncidents incidents(long wallMs) {
    List<NodeIncident> recent = new ArrayList<>();
    for (NodeView node : judge.views()) {
      String host = stores.hosts().get(node.nodeId());
      if (node.status() instanceof NodeStatus.Down down
          && wallMs - down.sinceMs() <= parts.incidentWindow().toMillis()) {
        recent.add(new NodeIncident(host == null ? "" : host, down.trace()));
      }
    }
    return new NodeIncidents(recent);
  }

  private void publish(List<Judgement> judgements) {
    for (Judgement judgement : judgements) {
      String nodeId = judgement.event().getNodeId();
      LOG.infof(
          "Judgement; node=%s correlation=%s detail=%s",
          nodeId, judgement.trace().correlationId(), judgement.event().getDetail());
      outlet.emit(judgement);
      judge.remember(nodeId).ifPresent(node -> stores.nodes().put(nodeId, node));
      parts.board().judged(judgement.event());
    }
    if (!judgements.isEmpty()) {
      show();
    }
  }

  @Override
  public void close() {
    parts.clusters().clear();
    parts.board().released();
  }
}
