package io.mooring.failoverdetector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.failoverdetector.liveness.LivenessSettings;
import io.mooring.failoverdetector.liveness.NodeStatus;
import io.mooring.failoverdetector.stream.ClusterExchange;
import io.mooring.failoverdetector.stream.DetectorBoard;
import io.mooring.failoverdetector.stream.DetectorParts;
import io.mooring.failoverdetector.stream.DetectorTopology;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeUp;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.TopicLog;
import io.mooring.testsupport.TopicLog.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances with the service's own Kafka Streams configuration: one judges, the other takes
 * over what it knew.
 */
class DetectorTakeoverIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String STREAMS_PREFIX = "kafka-streams.";

  @TempDir private Path directory;

  @Test
  void theOtherInstanceGoesOnWithTheIncident() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        FakeAgents agents =
            new FakeAgents(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                List.of("n1", "n2", "n3"));
        var events =
            TopicLog.open(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                ControlTopic.NODE_EVENTS,
                NodeEvent.class);
        Instance first = new Instance("d1", controlPlane)) {
      await().atMost(PATIENCE).until(() -> first.knows("n1", "n2", "n3"));
      agents.kill("n3");
      await().atMost(PATIENCE).until(() -> !of(events, NodeDown.class).isEmpty());

      try (Instance second = new Instance("d2", controlPlane)) {
        assertThat(second.judges()).isFalse();
        first.stop();
        await().atMost(PATIENCE).until(() -> second.knows("n1", "n2", "n3"));
        assertThat(second.isDown("n3")).isTrue();
        agents.revive("n3");
        await().atMost(PATIENCE).until(() -> of(events, NodeUp.class).size() == 4);
      }

      Entry<NodeEvent> down = of(events, NodeDown.class).getFirst();
      Entry<NodeEvent> up = of(events, NodeUp.class).getLast();
      assertThat(of(events, NodeDown.class)).hasSize(1);
      assertThat(up.headers().correlationId()).isEqualTo(down.headers().correlationId());
      assertThat(up.headers().source()).isEqualTo("/mooring/failover-detector/d2");
    }
  }

  private static List<Entry<NodeEvent>> of(TopicLog<NodeEvent> events, Class<?> detail) {
    return events.entries().stream()
        .filter(entry -> detail.isInstance(entry.value().getDetail()))
        .toList();
  }

  /** One process of the detector, without its REST. */
  private final class Instance implements AutoCloseable {

    private final OnePicture board = new OnePicture();
    private final KafkaStreams streams;

    Instance(String name, ControlPlane controlPlane) throws IOException {
      DetectorParts parts =
          new DetectorParts(
              "/mooring/failover-detector/" + name,
              LivenessSettings.defaults(),
              Duration.ofMinutes(1),
              new ClusterExchange(Map.of(), new NoPollers()),
              board,
              UUID::randomUUID);
      Properties config = serviceConfig();
      config.put(StreamsConfig.APPLICATION_ID_CONFIG, "detector-takeover");
      config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, controlPlane.kafka().bootstrapServers());
      config.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve(name).toString());
      streams = new KafkaStreams(DetectorTopology.build(controlPlane.serdes(), parts), config);
      streams.start();
    }

    boolean judges() {
      return board.newest().isPresent();
    }

    boolean knows(String... nodeIds) {
      return board
          .newest()
          .map(picture -> picture.nodes().stream().map(node -> node.nodeId()).toList())
          .filter(List.of(nodeIds)::equals)
          .isPresent();
    }

    boolean isDown(String nodeId) {
      return board.newest().orElseThrow().nodes().stream()
          .anyMatch(
              node -> node.nodeId().equals(nodeId) && node.status() instanceof NodeStatus.Down);
    }

    void stop() {
      streams.close(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
      stop();
    }
  }

  private static Properties serviceConfig() throws IOException {
    Properties all = new Properties();
    try (InputStream in = DetectorTakeoverIT.class.getResourceAsStream("/application.properties")) {
      all.load(in);
    }
    Properties streams = new Properties();
    all.stringPropertyNames().stream()
        .filter(key -> key.startsWith(STREAMS_PREFIX))
        .forEach(key -> streams.put(key.substring(STREAMS_PREFIX.length()), all.getProperty(key)));
    return streams;
  }

  private static final class OnePicture implements DetectorBoard {
    private volatile Picture picture;

    Optional<Picture> newest() {
      return Optional.ofNullable(picture);
    }

    @Override
    public void took(Picture newest) {
      picture = newest;
    }

    @Override
    public void released() {
      picture = null;
    }

    @Override
    public void judged(NodeEvent event) {
      // the test reads the topic
    }

    @Override
    public void rejected(String code) {
      throw new AssertionError("unexpected " + code);
    }
  }

  private static final class NoPollers implements ClusterExchange.Pollers {
    @Override
    public void start(String name, String bootstrapServers) {
      throw new UnsupportedOperationException("no cluster is named in this test");
    }

    @Override
    public void stop(String name) {
      throw new UnsupportedOperationException("no cluster is named in this test");
    }

    @Override
    public void stopAll() {
      // none was started
    }
  }
}
