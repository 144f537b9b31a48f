package io.mooring.autopilot;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.mooring.autopilot.kubernetes.FakeCluster;
import io.mooring.autopilot.prometheus.FakePrometheus;
import io.mooring.autopilot.stream.Samples;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ConditionReading;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.VolumeCommand;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.mooring.testsupport.TopicLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules from Kubernetes and conditions from Prometheus, on a real Kafka. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(ScratchDirectory.class)
@TestProfile(OutsideWorld.Profile.class)
class AutopilotInputsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MIB = 1L << 20;
  private static final String ARITHMETIC =
      "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)";

  private ControlPlane controlPlane;
  private FakeCluster cluster;
  private FakePrometheus prometheus;
  private ControlTopicDriver topics;

  @BeforeEach
  void awaitReady() {
    topics = new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
    eventually(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void aRuleOfTheClusterGrowsTheVolumeOfALabelledClaimOnceItIsApproved() {
    cluster.namespace("prod", Map.of("team", "streaming"));
    cluster.claim("prod", "data-0", "k8s-0", Map.of("app", "none"));
    cluster.rule(
        Samples.rule("1000Mi", "enforcement: approvalRequired")
            .replace("kafka-resize", "from-cluster")
            .replace("app: kafka", "app: labelled"));
    eventually(() ->
        when()
            .get("/rules/from-cluster")
            .then()
            .body("inUse", equalTo(true))
            .body("origin", equalTo("kubernetes")));
    given()
        .contentType("text/plain")
        .body(Samples.rule("1Ti", "").replace("kafka-resize", "from-cluster"))
        .put("/rules/from-cluster")
        .then()
        .statusCode(409)
        .body("code", equalTo("AUT-026"));
    when().delete("/rules/from-cluster").then().statusCode(409);

    volume("k8s-0", Map.of());
    usage("k8s-0");
    cluster.label("prod", "data-0", Map.of("app", "labelled"));
    eventually(() -> {
      usage("k8s-0");
      assertThat(cluster.approvals()).hasSize(1);
    });
    GenericKubernetesResource approval = cluster.approvals().getFirst();
    assertThat(approval.getMetadata().getNamespace()).isEqualTo("prod");
    cluster.setApproval(approval, "approved");
    try (var commands = log(ControlTopic.VOLUME_COMMANDS, VolumeCommand.class)) {
      eventually(() -> {
        usage("k8s-0");
        assertThat(resizes(commands, "k8s-0")).containsExactly(800 * MIB);
        assertThat(cluster.approvals()).isEmpty();
        assertThat(cluster.objects())
            .singleElement()
            .satisfies(object ->
                assertThat(object.<List<Map<String, Object>>>get("status", "items"))
                    .extracting(item -> item.get("state"))
                    .contains("ActionAwaitingApproval", "ActiveActionsInProgress"));
      });
    }
  }

  @Test
  void aQueryGrowsAVolumeAndItsAnswerIsInTheEvent() {
    String query = "max by (volumeid) (avg_over_time(px_volume_usage_bytes[5m]))";
    given()
        .contentType("text/plain")
        .body(
            Samples.rule("1000Mi", "")
                .replace("kafka-resize", "queried")
                .replace("app: kafka", "app: queried")
                .replace(ARITHMETIC, query))
        .put("/rules/queried")
        .then()
        .statusCode(202);
    volume("q-0", Map.of("app", "queried"));
    try (var commands = log(ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
        var events = log(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class)) {
      eventually(() -> {
        usage("q-0");
        assertThat(prometheus.asked(query)).isPositive();
        when()
            .get("/queries")
            .then()
            .body("query", hasItem(query))
            .body("outcome", contains("ANSWERED"));
      });
      assertThat(resizes(commands, "q-0")).isEmpty();

      prometheus.answer(query, "\"volumeid\":\"q-0\"", "92.25");
      eventually(() -> {
        usage("q-0");
        assertThat(resizes(commands, "q-0")).containsExactly(800 * MIB);
      });
      eventually(() ->
          assertThat(readings(events, "q-0"))
              .anySatisfy(reading -> {
                assertThat(reading.getKey()).isEqualTo(query);
                assertThat(reading.getReading()).isEqualTo("92.25");
                assertThat(reading.getVerdict()).isEqualTo("MET");
                assertThat(reading.getAt()).isBefore(Instant.now());
              }));
    }
  }

  private void volume(String id, Map<String, String> labels) {
    topics.send(ControlTopic.VOLUMES, id, Samples.volume(id, id, 400 * MIB, labels));
  }

  private void usage(String id) {
    topics.send(
        ControlTopic.VOLUME_USAGE, id, Samples.usage(id, Instant.now(), 400 * MIB, 330 * MIB));
  }

  private <T extends SpecificRecord> TopicLog<T> log(ControlTopic topic, Class<T> type) {
    return TopicLog.open(
        controlPlane.kafka().bootstrapServers(), controlPlane.serdes(), topic, type);
  }

  private static List<Long> resizes(TopicLog<VolumeCommand> commands, String volume) {
    return commands.entries().stream()
        .filter(entry -> entry.key().equals(volume))
        .map(entry -> ((ExpandVolume) entry.value().getDetail()).getSizeBytes())
        .toList();
  }

  private static List<ConditionReading> readings(TopicLog<AutopilotEvent> events, String volume) {
    return events.entries().stream()
        .filter(entry -> entry.key().equals(volume))
        .map(entry -> entry.value().getDetail())
        .filter(RuleMoved.class::isInstance)
        .flatMap(detail -> ((RuleMoved) detail).getReadings().stream())
        .toList();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).untilAsserted(assertion);
  }
}
