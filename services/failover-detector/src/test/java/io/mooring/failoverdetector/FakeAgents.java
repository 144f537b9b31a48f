package io.mooring.failoverdetector;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.ProbeOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Beats of a few nodes on the real topic; a killed one falls silent and is unreachable for the
 * others.
 */
final class FakeAgents implements AutoCloseable {

  private static final long BEAT_MS = 250;
  private static final long PROBE_LIMIT_MS = 400;

  private final List<String> nodes;
  private final Map<String, Long> killedAtMs = new ConcurrentHashMap<>();
  private final KafkaProducer<String, NodeHeartbeat> producer;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private long sequence;

  FakeAgents(String bootstrapServers, ControlSerdes serdes, List<String> nodes) {
    this.nodes = nodes;
    this.producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            new StringSerializer(),
            serdes.serializer(ControlTopic.NODE_HEARTBEATS, NodeHeartbeat.class));
    timer.scheduleAtFixedRate(this::beatAll, 0, BEAT_MS, TimeUnit.MILLISECONDS);
  }

  void kill(String node) {
    killedAtMs.put(node, System.currentTimeMillis());
  }

  void revive(String node) {
    killedAtMs.remove(node);
  }

  private void beatAll() {
    sequence++;
    nodes.stream().filter(node -> !killedAtMs.containsKey(node)).forEach(this::beat);
  }

  private void beat(String node) {
    List<PeerObservation> peers = new ArrayList<>();
    for (String peer : nodes) {
      if (!peer.equals(node)) {
        peers.add(observe(peer));
      }
    }
    NodeHeartbeat beat =
        new NodeHeartbeat(node, "run-1", sequence, Instant.now(), 0, peers, List.of(), List.of());
    var record = new ProducerRecord<>(ControlTopic.NODE_HEARTBEATS.topicName(), node, beat);
    EventHeaders.root(EventHeaders.typeOf(beat), EventHeaders.source("volume-agent", node), node)
        .writeTo(record.headers());
    producer.send(record);
  }

  private PeerObservation observe(String peer) {
    Long killedAt = killedAtMs.get(peer);
    if (killedAt == null) {
      return new PeerObservation(peer, ProbeOutcome.REACHABLE, 1_000L, 300L);
    }
    // The first probe after the death is known to have failed once its limit is over.
    long failingFor = System.currentTimeMillis() - killedAt;
    return failingFor < PROBE_LIMIT_MS
        ? new PeerObservation(peer, ProbeOutcome.REACHABLE, 1_000L, 300L)
        : new PeerObservation(peer, ProbeOutcome.UNREACHABLE, failingFor, -1L);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    producer.close();
  }
}
