package io.mooring.volumeagent;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.ProbeOutcome;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(AgentTestResource.class)
class NodePresenceIT {

  ControlPlane controlPlane;

  @Test
  void theNodeRegistersAndBeats() {
    try (var nodes =
            new ControlTopicProbe<>(controlPlane, ControlTopic.NODES, NodeDescriptor.class);
        var beats =
            new ControlTopicProbe<>(
                controlPlane, ControlTopic.NODE_HEARTBEATS, NodeHeartbeat.class)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            var own = nodes.all(node -> node.getNodeId().equals(AgentTestResource.NODE));
            assertThat(own).isNotEmpty();
            NodeDescriptor descriptor = own.getFirst().value();
            assertThat(own.getFirst().key()).isEqualTo(AgentTestResource.NODE);
            assertThat(descriptor.getZone()).isEqualTo("zone-1");
            assertThat(descriptor.getRack()).isEqualTo("rack-1");
            assertThat(descriptor.getPools())
                .singleElement()
                .satisfies(pool -> {
                  assertThat(pool.getPoolId()).isEqualTo(AgentTestResource.POOL);
                  assertThat(pool.getCapacityBytes()).isEqualTo(1L << 30);
                  assertThat(pool.getHealthy()).isTrue();
                });
          });
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            var own = beats.all(beat -> beat.getPools().getFirst().getCanaryMicros() > 0);
            assertThat(own).hasSizeGreaterThan(8);
            assertThat(own.getLast().value().getSequence())
                .isGreaterThan(own.getFirst().value().getSequence());
            assertThat(own.getFirst().headers().orElseThrow().type())
                .isEqualTo("io.mooring.NodeHeartbeat");
            assertThat(own.getFirst().headers().orElseThrow().source())
                .isEqualTo("/mooring/volume-agent/" + AgentTestResource.NODE);
          });
    }
  }

  @Test
  void aPeerThatRegistersIsProbedAndAPoisonRecordIsBuried() throws Exception {
    try (var producer =
            new KafkaProducer<>(
                controlPlane.clientConfig(), new ByteArraySerializer(), new ByteArraySerializer());
        var paused = new ServerSocket(0);
        var letters =
            new ControlTopicProbe<>(controlPlane, ControlTopic.DEAD_LETTERS, DeadLetter.class)) {
      String topic = ControlTopic.NODES.topicName();
      producer.send(new ProducerRecord<>(topic, "bad".getBytes(UTF_8), "garbage".getBytes(UTF_8)));
      NodeDescriptor peer = peer(paused.getLocalPort());
      byte[] value =
          controlPlane
              .serdes()
              .serializer(ControlTopic.NODES, NodeDescriptor.class)
              .serialize(topic, peer);
      producer.send(new ProducerRecord<>(topic, "node-2".getBytes(UTF_8), value)).get();

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              given()
                  .get("/peers")
                  .then()
                  .statusCode(200)
                  .body("", hasSize(1))
                  .body("[0].nodeId", equalTo("node-2"))
                  .body("[0].outcome", equalTo(ProbeOutcome.STALLED.name()))
                  .body("[0].sinceMs", greaterThan(400)));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(letters.all(letter -> letter.getTopic().equals(topic)))
                  .singleElement()
                  .satisfies(letter -> {
                    assertThat(letter.value().getCode()).isEqualTo("EVT-003");
                    assertThat(letter.value().getService()).isEqualTo("volume-agent");
                  }));
    }
  }

  @Test
  void restAndHealthTellAboutTheNode() {
    given()
        .get("/pools")
        .then()
        .statusCode(200)
        .body("[0].poolId", equalTo(AgentTestResource.POOL))
        .body("[0].healthy", equalTo(true));
    given().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
    given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
    given().get("/q/openapi?format=json").then().statusCode(200);
    given().get("/q/metrics").then().statusCode(200);
  }

  private static NodeDescriptor peer(int probePort) {
    return NodeDescriptor.newBuilder()
        .setNodeId("node-2")
        .setIncarnation("i")
        .setLabels(Map.of())
        .setHost("127.0.0.1")
        .setReplicationPort(1)
        .setProbePort(probePort)
        .setRestPort(1)
        .setPools(List.of())
        .setUpdatedAt(Instant.now())
        .build();
  }
}
