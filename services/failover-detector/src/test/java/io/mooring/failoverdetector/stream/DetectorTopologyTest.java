package io.mooring.failoverdetector.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.failoverdetector.brokers.ClusterReading;
import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import io.mooring.failoverdetector.liveness.LivenessSettings;
import io.mooring.schemas.BrokerDown;
import io.mooring.schemas.BrokerEvent;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.ProbeOutcome;
import io.mooring.testsupport.InMemoryRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorTopologyTest {

  private static final Duration BEAT = Duration.ofMillis(250);
  private static final Endpoint BROKER_HOST = new Endpoint("10.77.0.13", 9092, "10.77.0.13");

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final ControlSerdes serdes = registry.serdes();
  private final Serializer<NodeHeartbeat> beats =
      serdes.warmSerializer(ControlTopic.NODE_HEARTBEATS, NodeHeartbeat.class);
  private final RecordedBoard board = new RecordedBoard();
  private final RecordedPollers pollers = new RecordedPollers();
  private final ClusterExchange clusters = new ClusterExchange(Map.of(), pollers);
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> heartbeats;
  private TestInputTopic<byte[], byte[]> descriptors;
  private long sequence;

  @TempDir Path directory;

  @BeforeEach
  void start() {
    DetectorParts parts =
        new DetectorParts(
            "/mooring/failover-detector/d1",
            LivenessSettings.defaults(),
            Duration.ofMinutes(1),
            clusters,
            board,
            UUID::randomUUID);
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    driver =
        new TopologyTestDriver(
            DetectorTopology.build(serdes, parts), config, Instant.ofEpochMilli(1_000_000));
    heartbeats = input(ControlTopic.NODE_HEARTBEATS);
    descriptors = input(ControlTopic.NODES);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void aDeadNodeBecomesOneIncidentWithItsHeaders() {
    beatFor(Duration.ofSeconds(10), "n1", "n2", "n3");

    beatFor(Duration.ofSeconds(3), "n1", "n2");

    List<TestRecord<String, NodeEvent>> events =
        read(ControlTopic.NODE_EVENTS, NodeEvent.class).stream()
            .filter(event -> event.key().equals("n3"))
            .toList();
    assertThat(events)
        .extracting(event -> EventHeaders.read(event.headers()).type())
        .containsExactly("io.mooring.NodeUp", "io.mooring.NodeSuspected", "io.mooring.NodeDown");
    EventHeaders suspected = EventHeaders.read(events.get(1).headers());
    EventHeaders down = EventHeaders.read(events.get(2).headers());
    assertThat(down.source()).isEqualTo("/mooring/failover-detector/d1");
    assertThat(down.subject()).isEqualTo("n3");
    assertThat(down.correlationId()).isEqualTo(suspected.correlationId());
    assertThat(down.causationId()).isEqualTo(suspected.id());
    assertThat(driver.<String, Object>getKeyValueStore("nodes").get("n3").toString())
        .contains("Down");
    assertThat(board.judged).contains("NodeDown");
  }

  @Test
  void poisonIsBuriedWithItsReasonAndTheRestGoesOn() {
    heartbeats.pipeInput("n1".getBytes(UTF_8), "garbage".getBytes(UTF_8));
    heartbeats.pipeInput(tombstone("n1"));
    heartbeats.pipeInput("n1".getBytes(UTF_8), beat("n2", List.of("n2")));
    descriptors.pipeInput("n1".getBytes(UTF_8), new byte[] {0, 1, 2});
    beatFor(Duration.ofSeconds(1), "n1", "n2");

    List<DeadLetter> letters =
        read(ControlTopic.DEAD_LETTERS, DeadLetter.class).stream().map(TestRecord::value).toList();
    assertThat(letters)
        .extracting(DeadLetter::getCode)
        .containsExactly("EVT-003", "EVT-004", "DET-005", "EVT-003");
    assertThat(letters.getFirst().getValue().array()).isEqualTo("garbage".getBytes(UTF_8));
    assertThat(board.rejected).hasSize(4);
    assertThat(board.picture.nodes()).hasSize(2);
  }

  @Test
  void anOutageOfTheRegistryDelaysNoJudgement() {
    beatFor(Duration.ofSeconds(5), "n1", "n2", "n3");
    registry.stop();

    beatFor(Duration.ofSeconds(3), "n1", "n2");
    registry.restart();

    assertThat(read(ControlTopic.NODE_EVENTS, NodeEvent.class))
        .anySatisfy(event -> assertThat(event.value().getDetail()).isInstanceOf(NodeDown.class));
  }

  @Test
  void aNodeThatLeavesForGoodIsForgotten() {
    beatFor(Duration.ofSeconds(5), "n1", "n2", "n3");
    descriptors.pipeInput(tombstone("n3"));

    beatFor(Duration.ofSeconds(60), "n1", "n2");

    assertThat(read(ControlTopic.NODE_EVENTS, NodeEvent.class))
        .noneSatisfy(event -> assertThat(event.value().getDetail()).isInstanceOf(NodeDown.class));
    assertThat(driver.getKeyValueStore("nodes").get("n3")).isNull();
  }

  @Test
  void aBrokerThatIsLostWithItsNodeBelongsToTheSameIncident() {
    descriptors.pipeInput(
        "n3".getBytes(UTF_8), encode(ControlTopic.NODES, NodeDescriptor.class, descriptor("n3")));
    clusters.request(new ClusterExchange.Request.Watch("orders", "10.77.0.11:9092"));
    beatFor(Duration.ofSeconds(5), "n1", "n2", "n3");
    clusters.offer(
        "orders", new ClusterReading(List.of(), Map.of(3, BROKER_HOST), Set.of(3), Map.of()));
    beatFor(Duration.ofSeconds(3), "n1", "n2");

    clusters.offer("orders", new ClusterReading(List.of(), Map.of(), Set.of(), Map.of()));
    beatFor(Duration.ofSeconds(1), "n1", "n2");

    EventHeaders nodeDown =
        read(ControlTopic.NODE_EVENTS, NodeEvent.class).stream()
            .filter(event -> event.value().getDetail() instanceof NodeDown)
            .map(event -> EventHeaders.read(event.headers()))
            .findFirst()
            .orElseThrow();
    assertThat(read(ControlTopic.BROKER_EVENTS, BrokerEvent.class))
        .filteredOn(event -> event.value().getDetail() instanceof BrokerDown)
        .singleElement()
        .satisfies(event -> {
          EventHeaders brokerDown = EventHeaders.read(event.headers());
          assertThat(event.key()).isEqualTo("orders/3");
          assertThat(brokerDown.correlationId()).isEqualTo(nodeDown.correlationId());
          assertThat(brokerDown.causationId()).isEqualTo(nodeDown.id());
        });
    assertThat(pollers.running).containsEntry("orders", "10.77.0.11:9092");
  }

  @Test
  void aClusterThatIsForgottenIsReadNoMore() {
    clusters.request(new ClusterExchange.Request.Watch("orders", "b:9092"));
    beatFor(Duration.ofSeconds(1), "n1");
    clusters.request(new ClusterExchange.Request.Forget("orders"));
    beatFor(Duration.ofSeconds(1), "n1");

    assertThat(pollers.running).isEmpty();
    assertThat(driver.getKeyValueStore("clusters").get("orders")).isNull();
  }

  @Test
  void whatIsStoredCanBeReadBack() {
    clusters.request(new ClusterExchange.Request.Watch("orders", "b:9092"));
    beatFor(Duration.ofSeconds(2), "n1", "n2", "n3");
    clusters.offer(
        "orders", new ClusterReading(List.of(), Map.of(3, BROKER_HOST), Set.of(3), Map.of()));
    beatFor(Duration.ofSeconds(3), "n1", "n2");
    clusters.offer("orders", new ClusterReading(List.of(), Map.of(), Set.of(), Map.of()));
    beatFor(Duration.ofSeconds(1), "n1", "n2");

    for (var builder : DetectorStores.builders()) {
      driver
          .getKeyValueStore(builder.name())
          .all()
          .forEachRemaining(entry -> assertThat(entry.value).isNotNull());
    }
    assertThat(driver.getKeyValueStore("clusters").get("orders").toString()).contains("Down");
  }

  @Test
  void whatKafkaKeepsIsToldOfClustersThatAreLookedAfter() {
    clusters.request(new ClusterExchange.Request.Watch("orders", "b:9092"));
    clusters.offer("orders", List.of(retention("orders")));
    clusters.offer("nobodys", List.of(retention("nobodys")));
    beatFor(BEAT, "n1");
    clusters.offer("orders", List.of(retention("orders")));

    List<TestRecord<String, BrokerRetention>> told =
        read(ControlTopic.BROKER_RETENTION, BrokerRetention.class);
    assertThat(told).isNotEmpty().allMatch(record -> record.key().equals("orders/1"));
    assertThat(EventHeaders.read(told.getFirst().headers()).type())
        .isEqualTo("io.mooring.BrokerRetention");
    assertThat(told.getFirst().getRecordTime())
        .as("when it was written, not when the brokers were asked")
        .isAfter(told.getFirst().value().getAt());
  }

  private static BrokerRetention retention(String cluster) {
    return new BrokerRetention(cluster, 1, "kafka-1", "prod", Instant.EPOCH, List.of());
  }

  private void beatFor(Duration duration, String... nodes) {
    for (Duration passed = Duration.ZERO;
        passed.compareTo(duration) < 0;
        passed = passed.plus(BEAT)) {
      for (String node : nodes) {
        heartbeats.pipeInput(
            new TestRecord<>(
                node.getBytes(UTF_8), beat(node, List.of(nodes)), new RecordHeaders(), now()));
      }
      for (int tick = 0; tick < 5; tick++) {
        driver.advanceWallClockTime(Duration.ofMillis(50));
        clock = clock.plusMillis(50);
      }
    }
  }

  private Instant clock = Instant.ofEpochMilli(1_000_000);

  private Instant now() {
    return clock;
  }

  /** A beat of a node that reaches the living ones and nobody else. */
  private byte[] beat(String node, List<String> living) {
    List<PeerObservation> peers =
        List.of("n1", "n2", "n3").stream()
            .filter(peer -> !peer.equals(node))
            .map(peer ->
                new PeerObservation(
                    peer,
                    living.contains(peer) ? ProbeOutcome.REACHABLE : ProbeOutcome.UNREACHABLE,
                    900L,
                    300L))
            .toList();
    return beats.serialize(
        ControlTopic.NODE_HEARTBEATS.topicName(),
        new RecordHeaders(),
        new NodeHeartbeat(
            node, "run-1", ++sequence, Instant.EPOCH, 0, peers, List.of(), List.of()));
  }

  private static TestRecord<byte[], byte[]> tombstone(String key) {
    return new TestRecord<>(key.getBytes(UTF_8), null);
  }

  private static NodeDescriptor descriptor(String node) {
    return NodeDescriptor.newBuilder()
        .setNodeId(node)
        .setIncarnation("run-1")
        .setHost(BROKER_HOST.host())
        .setReplicationPort(7420)
        .setProbePort(7421)
        .setRestPort(7400)
        .setPools(List.of())
        .setUpdatedAt(Instant.EPOCH)
        .build();
  }

  private <T extends SpecificRecord> byte[] encode(ControlTopic topic, Class<T> type, T value) {
    return serdes.serializer(topic, type).serialize(topic.topicName(), new RecordHeaders(), value);
  }

  private TestInputTopic<byte[], byte[]> input(ControlTopic topic) {
    return driver.createInputTopic(
        topic.topicName(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private <T extends SpecificRecord> List<TestRecord<String, T>> read(
      ControlTopic topic, Class<T> type) {
    TestOutputTopic<String, T> output =
        driver.createOutputTopic(
            topic.topicName(),
            new StringDeserializer(),
            registry.serdes().deserializer(topic, type));
    return output.readRecordsToList();
  }

  private static final class RecordedPollers implements ClusterExchange.Pollers {
    final Map<String, String> running = new TreeMap<>();

    @Override
    public void start(String name, String bootstrapServers) {
      running.put(name, bootstrapServers);
    }

    @Override
    public void stop(String name) {
      running.remove(name);
    }

    @Override
    public void stopAll() {
      running.clear();
    }
  }

  private static final class RecordedBoard implements DetectorBoard {
    final List<String> judged = new ArrayList<>();
    final List<String> rejected = new ArrayList<>();
    Picture picture = Picture.STANDBY;

    @Override
    public void took(Picture newest) {
      picture = newest;
    }

    @Override
    public void released() {
      picture = Picture.STANDBY;
    }

    @Override
    public void judged(NodeEvent event) {
      judged.add(event.getDetail().getClass().getSimpleName());
    }

    @Override
    public void rejected(String code) {
      rejected.add(code);
    }
  }
}
