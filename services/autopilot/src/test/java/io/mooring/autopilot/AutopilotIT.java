package io.mooring.autopilot;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.autopilot.stream.Samples;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.VolumeCommand;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.mooring.testsupport.TopicLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service as it is deployed, on a real Kafka and a real schema registry. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(ScratchDirectory.class)
class AutopilotIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MIB = 1L << 20;

  private ControlPlane controlPlane;
  private ControlTopicDriver topics;

  @BeforeEach
  void awaitReady() {
    topics = new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void thePapersRuleGrowsAVolumeInSecondsAndStopsAtTheMaximum() {
    yaml(Samples.rule("1000Mi", "actionsCoolDownPeriod: 1"))
        .put("/rules/kafka-resize")
        .then()
        .statusCode(202)
        .body("accepted", equalTo(true));
    awaitRule("kafka-resize");
    try (var commands = commands()) {
      volume("data-0", 400 * MIB, "kafka");
      long crossedAt = System.nanoTime();
      assertThat(fillUntilResized(commands, "data-0", 400 * MIB, 330 * MIB, 1))
          .containsExactly(800 * MIB);
      System.out.printf(
          "[reaction] usage above threshold to committed command: %d ms%n",
          Duration.ofNanos(System.nanoTime() - crossedAt).toMillis());
      volume("data-0", 800 * MIB, "kafka");
      assertThat(fillUntilResized(commands, "data-0", 800 * MIB, 650 * MIB, 2))
          .containsExactly(800 * MIB, 1000 * MIB);
      volume("data-0", 1000 * MIB, "kafka");
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .untilAsserted(() -> {
            usage("data-0", 1000 * MIB, 900 * MIB);
            when()
                .get("/objects?rule=kafka-resize&volume=data-0")
                .then()
                .body("state", contains("ActionsDeclined"))
                .body("reason", contains("MAXIMUM_REACHED"));
          });
      assertThat(resizes(commands, "data-0")).hasSize(2);
    }
    when()
        .get("/q/metrics")
        .then()
        .body(containsString("mooring_autopilot_resizes_total"))
        .body(containsString("mooring_autopilot_objects"));
  }

  @Test
  void aBadRuleIsRefusedWithItsProblemsAndStopsNoOther() {
    String good = named("good-rule", "good");
    yaml("kind: Pod\n---\n" + good)
        .post("/rules")
        .then()
        .statusCode(422)
        .body("accepted", contains(false, true))
        .body("[0].problems.path", hasItems("apiVersion", "kind", "metadata", "spec"));
    awaitRule("good-rule");
    yaml(good.replace("Gt", "Greater"))
        .put("/rules/good-rule")
        .then()
        .statusCode(422)
        .body("problems.code", contains("AUT-007"))
        .body("problems.path", contains("spec.conditions.expressions[0].operator"));
    yaml(good)
        .put("/rules/other-name")
        .then()
        .statusCode(422)
        .body("problems.code", hasItem("AUT-021"));
    when().get("/rules/good-rule").then().body("document", containsString("operator: Gt"));

    when().delete("/rules/good-rule").then().statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            when().get("/rules/good-rule").then().statusCode(404).body("code", equalTo("AUT-022")));
    when().delete("/rules/good-rule").then().statusCode(404);
  }

  @Test
  void anActionWaitsForApprovalAndIsExplainedByItsEvents() {
    yaml(named("with-approval", "bank").replace("pollInterval: 2", "enforcement: approvalRequired"))
        .put("/rules/with-approval")
        .then()
        .statusCode(202);
    awaitRule("with-approval");
    volume("bank-0", 400 * MIB, "bank");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          usage("bank-0", 400 * MIB, 330 * MIB);
          when()
              .get("/approvals")
              .then()
              .body("rule", contains("with-approval"))
              .body("toBytes", contains((int) (800 * MIB)));
        });
    String id = when().get("/approvals").path("[0].id");
    decide(id, "perhaps").statusCode(400).body("code", equalTo("AUT-024"));
    decide("00000000-0000-0000-0000-000000000000", "approved")
        .statusCode(404)
        .body("code", equalTo("AUT-023"));
    decide(id, "approved").statusCode(202);

    try (var commands = commands();
        var events =
            TopicLog.open(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                ControlTopic.AUTOPILOT_EVENTS,
                AutopilotEvent.class)) {
      assertThat(fillUntilResized(commands, "bank-0", 400 * MIB, 330 * MIB, 1))
          .containsExactly(800 * MIB);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(reasons(events, "bank-0"))
                  .containsSubsequence(
                      "CONDITIONS_MET", "APPROVAL_REQUIRED", "APPROVED", "ACTION_STARTED"));
    }
  }

  @Test
  void aPreviewShowsWhatWouldHappenAndDoesNothing() {
    volume("trial-0", 400 * MIB, "trial");
    volume("trial-1", 1000 * MIB, "trial");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          usage("trial-0", 400 * MIB, 330 * MIB);
          usage("trial-1", 1000 * MIB, 900 * MIB);
          yaml(named("trial", "trial") + "---\nkind: Pod\n")
              .post("/preview")
              .then()
              .statusCode(200)
              .body("volumes.volume", contains("trial-0", "trial-1"))
              .body("volumes.outcome", contains("GROW", "AT_MAXIMUM"))
              .body("volumes[0].toBytes", equalTo((int) (800 * MIB)))
              .body("volumes[0].conditions[0].value", equalTo(82.5f))
              .body("problems", hasSize(4))
              .body("partitions", contains(0, 1, 2, 3));
        });
    when().get("/objects?volume=trial-0").then().body("$", hasSize(0));
  }

  @Test
  void rulesOfTheConfiguredFileAreInUseFromTheStart() {
    awaitRule(ScratchDirectory.RULE_IN_FILE);
    when()
        .get("/rules/" + ScratchDirectory.RULE_IN_FILE)
        .then()
        .body("origin", startsWith("file "))
        .body("problems", hasSize(0));
  }

  @Test
  void theDoorsAreDescribed() {
    when()
        .get("/q/openapi")
        .then()
        .statusCode(200)
        .body(containsString("/rules/{name}"))
        .body(containsString("/approvals/{id}"))
        .body(containsString("/preview"));
    when().get("/q/health/live").then().statusCode(200);
  }

  private static RequestSpecification yaml(String document) {
    return given().contentType("text/plain").body(document).when();
  }

  private static ValidatableResponse decide(String id, String state) {
    return given()
        .contentType(ContentType.JSON)
        .body(Map.of("approvalState", state, "by", "ann"))
        .when()
        .put("/approvals/" + id)
        .then();
  }

  private static String named(String rule, String app) {
    return Samples.rule("1000Mi", "")
        .replace("kafka-resize", rule)
        .replace("app: kafka", "app: " + app);
  }

  private static void awaitRule(String name) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> when().get("/rules/" + name).then().statusCode(200).body("inUse", equalTo(true)));
  }

  private void volume(String name, long sizeBytes, String app) {
    topics.send(
        ControlTopic.VOLUMES, name, Samples.volume(name, name, sizeBytes, Map.of("app", app)));
  }

  private void usage(String volume, long capacityBytes, long usedBytes) {
    topics.send(
        ControlTopic.VOLUME_USAGE,
        volume,
        Samples.usage(volume, Instant.now(), capacityBytes, usedBytes));
  }

  /** Measures again and again, as agents do, until so many resizes were asked for in all. */
  private List<Long> fillUntilResized(
      TopicLog<VolumeCommand> commands, String volume, long capacity, long used, int count) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          usage(volume, capacity, used);
          assertThat(resizes(commands, volume)).hasSize(count);
        });
    return resizes(commands, volume);
  }

  private TopicLog<VolumeCommand> commands() {
    return TopicLog.open(
        controlPlane.kafka().bootstrapServers(),
        controlPlane.serdes(),
        ControlTopic.VOLUME_COMMANDS,
        VolumeCommand.class);
  }

  private static List<Long> resizes(TopicLog<VolumeCommand> commands, String volume) {
    return commands.entries().stream()
        .filter(entry -> entry.key().equals(volume))
        .map(entry -> ((ExpandVolume) entry.value().getDetail()).getSizeBytes())
        .toList();
  }

  private static List<String> reasons(TopicLog<AutopilotEvent> events, String volume) {
    return events.entries().stream()
        .filter(entry -> entry.key().equals(volume))
        .map(entry -> entry.value().getDetail())
        .filter(RuleMoved.class::isInstance)
        .map(detail -> ((RuleMoved) detail).getReason())
        .toList();
  }
}
