package io.mooring.failoverdetector;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import io.mooring.schemas.BrokerDown;
import io.mooring.schemas.BrokerEvent;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.BrokerServing;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.IsrRestored;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeSuspected;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.RegistrySettings;
import io.mooring.testsupport.ControlPlaneResource;
import io.mooring.testsupport.KafkaCluster;
import io.mooring.testsupport.TopicLog;
import io.mooring.testsupport.TopicLog.Entry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service as it is deployed, against a real Kafka and a real schema registry. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
class FailoverDetectorIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static String kafka;
  private static ControlSerdes serdes;
  private static FakeAgents agents;

  @BeforeAll
  static void startAgents() {
    kafka = ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class);
    URI registry =
        ConfigProvider.getConfig()
            .getValue("mp.messaging.connector.smallrye-kafka.apicurio.registry.url", URI.class);
    serdes = ControlSerdes.connect(new RegistrySettings(registry, true));
    agents = new FakeAgents(kafka, serdes, List.of("n1", "n2", "n3"));
  }

  @BeforeEach
  void awaitAgents() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> when().get("/nodes").then().statusCode(200).body("nodeId", hasItems("n1", "n3")));
  }

  @AfterAll
  static void stopAgents() {
    agents.close();
  }

  @Test
  void aKilledNodeIsDeclaredDownAndComesUpAgainInOneIncident() {
    try (var events = log(ControlTopic.NODE_EVENTS, NodeEvent.class)) {
      long killedAt = System.currentTimeMillis();
      agents.kill("n3");
      Entry<NodeEvent> down = awaitEntry(events, NodeDown.class);
      long detectedMs = System.currentTimeMillis() - killedAt;
      System.out.printf("[detection] kill to committed NodeDown: %d ms%n", detectedMs);

      when()
          .get("/nodes/n3")
          .then()
          .statusCode(200)
          .body("state", equalTo("DOWN"))
          .body("correlationId", equalTo(down.headers().correlationId().toString()))
          .body("votes.hasVote", hasItems(true));
      agents.revive("n3");
      Entry<NodeEvent> up = awaitEntry(events, NodeUp.class, down.headers().id().toString());

      Entry<NodeEvent> suspected = awaitEntry(events, NodeSuspected.class);
      assertThat(down.key()).isEqualTo("n3");
      assertThat(down.headers().type()).isEqualTo("io.mooring.NodeDown");
      assertThat(down.headers().source()).isEqualTo("/mooring/failover-detector/detector");
      assertThat(down.headers().causationId()).isEqualTo(suspected.headers().id());
      assertThat(up.headers().correlationId()).isEqualTo(down.headers().correlationId());
      assertThat(detectedMs).isLessThan(5_000);
    }
    when()
        .get("/q/metrics")
        .then()
        .body(containsString("mooring_detector_judgements_total{type=\"NodeDown\"}"))
        .body(containsString("mooring_detector_phi{node=\"n1\"}"));
  }

  @Test
  void poisonGoesToTheDeadLettersAndHurtsNobody() throws Exception {
    byte[] garbage = "not avro".getBytes(UTF_8);
    try (var letters = log(ControlTopic.DEAD_LETTERS, DeadLetter.class);
        var producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", (Object) kafka),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      String topic = ControlTopic.NODE_HEARTBEATS.topicName();
      producer.send(new ProducerRecord<>(topic, "n9".getBytes(UTF_8), garbage)).get();
      producer.send(new ProducerRecord<>(topic, "n9".getBytes(UTF_8), null)).get();

      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(letters.entries())
                  .extracting(entry -> entry.value().getCode())
                  .contains("EVT-003", "EVT-004"));
    }
    when().get("/nodes/n1").then().body("state", equalTo("ALIVE"));
    when().get("/nodes/n9").then().statusCode(404).body("code", equalTo("DET-004"));
  }

  @Test
  void aClusterIsLookedAfterFromTheMomentItIsNamed() throws Exception {
    try (var events = log(ControlTopic.BROKER_EVENTS, BrokerEvent.class);
        KafkaCluster cluster = KafkaCluster.start(2)) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
        admin.createTopics(List.of(new NewTopic("t", 4, (short) 2))).all().get();
      }
      given()
          .contentType(ContentType.JSON)
          .body(Map.of("bootstrapServers", cluster.bootstrapServers()))
          .put("/clusters/orders")
          .then()
          .statusCode(202);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> when().get("/brokers").then().body("brokerId", hasItems(1, 2)));

      cluster.stopBroker(2);
      Entry<BrokerEvent> down = awaitEntry(events, BrokerDown.class);
      cluster.startBroker(2);
      Entry<BrokerEvent> serving =
          awaitEntry(events, BrokerServing.class, down.headers().id().toString());
      Entry<BrokerEvent> restored = awaitEntry(events, IsrRestored.class);

      assertThat(down.key()).isEqualTo("orders/2");
      assertThat(serving.headers().correlationId()).isEqualTo(down.headers().correlationId());
      assertThat(restored.headers().correlationId()).isEqualTo(down.headers().correlationId());
    } finally {
      given().contentType(ContentType.JSON).delete("/clusters/orders").then().statusCode(202);
    }
  }

  @Test
  void whatKafkaKeepsIsToldInEachPartition() throws Exception {
    try (var facts = log(ControlTopic.BROKER_RETENTION, BrokerRetention.class);
        KafkaCluster cluster = KafkaCluster.start(1)) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
        admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
      }
      given()
          .contentType(ContentType.JSON)
          .body(Map.of("bootstrapServers", cluster.bootstrapServers()))
          .put("/clusters/kept")
          .then()
          .statusCode(202);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            var told =
                facts.entries().stream().filter(fact -> fact.key().equals("kept/1")).toList();
            assertThat(told).isNotEmpty();
            var first = told.getFirst().headers().id();
            assertThat(told)
                .filteredOn(fact -> fact.headers().id().equals(first))
                .hasSize(ControlTopic.BROKER_RETENTION.partitions());
            assertThat(told.getFirst().value().getDirectories()).hasSize(1);
          });
    } finally {
      given().contentType(ContentType.JSON).delete("/clusters/kept").then().statusCode(202);
    }
  }

  @Test
  void aBadClusterIsRefusedWithAReason() {
    given()
        .contentType(ContentType.JSON)
        .body(Map.of("bootstrapServers", "nowhere"))
        .put("/clusters/orders")
        .then()
        .statusCode(400)
        .body("code", equalTo("DET-002"))
        .body("fix", containsString("host:port"));
  }

  @Test
  void isHealthyAndDocumented() {
    when().get("/q/health/live").then().statusCode(200);
    when().get("/q/openapi").then().statusCode(200).body(containsString("/clusters/{name}"));
  }

  private static <T extends SpecificRecord> TopicLog<T> log(ControlTopic topic, Class<T> type) {
    return TopicLog.open(kafka, serdes, topic, type);
  }

  private static <T extends SpecificRecord> Entry<T> awaitEntry(TopicLog<T> log, Class<?> detail) {
    return awaitEntry(log, detail, "");
  }

  /** The first record with such a detail, caused by that record unless it is empty. */
  private static <T extends SpecificRecord> Entry<T> awaitEntry(
      TopicLog<T> log, Class<?> detail, String causationId) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                log.entries().stream()
                    .filter(entry -> detail.isInstance(entry.value().get(detailField(entry))))
                    .filter(entry ->
                        causationId.isEmpty()
                            || causationId.equals(String.valueOf(entry.headers().causationId())))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static int detailField(Entry<? extends SpecificRecord> entry) {
    return entry.value().getSchema().getField("detail").pos();
  }
}
