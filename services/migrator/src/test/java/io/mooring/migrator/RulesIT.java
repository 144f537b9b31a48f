package io.mooring.migrator;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.migrator.plane.FakePlane;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands in pods before and after snapshots, through the service as it is deployed. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
class RulesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private FakePlane plane;

  @BeforeEach
  void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @Test
  void theFlushRunsBeforeTheSnapshotsAndNothingOfItIsLeft() {
    begin("flushed", Map.of("preExecRule", "kafka-flush")).statusCode(201);
    ended("flushed", "SUCCESSFUL").body("preExecRule", equalTo("kafka-flush"));
    assertThat(story("flushed"))
        .containsExactly("begin flushed-pre-0", "snapshot", "end flushed-pre-0");
  }

  @Test
  void whatRunsInTheBackgroundGoesOnUntilTheSnapshotsAreTaken() {
    rule(
        "freeze",
        """
        apiVersion: stork.libopenstorage.org/v1alpha1
        kind: Rule
        metadata:
          name: freeze
        rules:
          - podSelector:
              app: kafka
            actions:
              - type: command
                value: hold && ${WAIT_CMD}
                background: true
              - type: command
                value: sync
        """);
    begin("frozen", Map.of("preExecRule", "freeze", "postExecRule", "kafka-flush")).statusCode(201);
    ended("frozen", "SUCCESSFUL");
    assertThat(story("frozen"))
        .containsExactly(
            "begin frozen-pre-0",
            "begin frozen-pre-1",
            "snapshot",
            "end frozen-pre-0",
            "end frozen-pre-1",
            "begin frozen-post-0",
            "end frozen-post-0");
  }

  @Test
  void aRuleThatCannotBeFollowedLeavesNoBackupAndNoSnapshot() {
    int sets = plane.snapshotSets();
    rule("nobody", document("nobody", "sync"));
    begin("unfollowed", Map.of("preExecRule", "nobody")).statusCode(201);
    ended("unfollowed", "FAILED")
        .body("reason", startsWith("MIG-103"))
        .body("reason", containsString("No running pod"));
    assertThat(plane.snapshotSets()).isEqualTo(sets);
    assertThat(story("unfollowed")).doesNotContain("snapshot").contains("end unfollowed-pre-0");
  }

  @Test
  void aGroupSnapshotIsTakenUnderItsRulesAndStaysUntilItIsForgotten() {
    int sets = plane.snapshotSets();
    begin(
            "group",
            Map.of("kind", "SNAPSHOT", "preExecRule", "kafka-flush", "postExecRule", "kafka-flush"))
        .statusCode(201);
    ended("group", "SUCCESSFUL").body("volumesDone", equalTo(1)).body("movedBytes", equalTo(0));
    assertThat(story("group"))
        .containsExactly("begin group-pre-0", "snapshot", "end group-pre-0", "begin group-post-0");
    assertThat(plane.snapshotSets()).isEqualTo(sets + 1);
    when().get("/backups/group").then().statusCode(404);

    when().delete("/migrations/group").then().statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/migrations/group").then().statusCode(404));
    assertThat(plane.snapshotSets()).isEqualTo(sets);
  }

  @Test
  void aRuleThatFailsAfterwardsFailsTheBackup() {
    rule("broken", document("kafka", "fail"));
    begin("after", Map.of("postExecRule", "broken")).statusCode(201);
    ended("after", "FAILED").body("reason", containsString("Pod 'kafka-0' ended with status 3"));
    when().get("/backups/after").then().statusCode(404);
    assertThat(plane.orchestrator().executions()).isEmpty();
  }

  @Test
  void whereNoPodRunsThereIsNothingToFlush() {
    plane.orchestrator().scale(0);
    begin("asleep", Map.of("preExecRule", "kafka-flush")).statusCode(201);
    ended("asleep", "SUCCESSFUL");
    plane.orchestrator().scale(3);
    assertThat(story("asleep")).containsExactly("snapshot");
  }

  @Test
  void whatCannotBeARuleIsRefused() {
    begin("ruleless", Map.of("preExecRule", "never-made"))
        .statusCode(404)
        .body("code", equalTo("MIG-104"));
    put("empty", "{\"items\":[]}").statusCode(400).body("code", equalTo("MIG-105"));
    put("unknown", "items: [{podSelector: {a: b}, actions: [{value: x, backgroud: true}]}]")
        .statusCode(400)
        .body("why", containsString("backgroud"));
    put("kafka-flush", document("kafka", "sync")).statusCode(409).body("code", equalTo("MIG-106"));
    rule(
        "waiting", document("kafka", "hold").replace("\"value\"", "\"background\":true,\"value\""));
    begin("waits", Map.of("postExecRule", "waiting"))
        .statusCode(409)
        .body("code", equalTo("MIG-101"));
    when().delete("/rules/waiting").then().statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/rules/waiting").then().statusCode(404));
    when().get("/rules").then().body("name", hasItems("kafka-flush"));
  }

  private static String document(String app, String command) {
    return """
    {"items":[{"podSelector":{"app":"%s"},"actions":[{"type":"command","value":"%s"}]}]}
    """
        .formatted(app, command);
  }

  /** Kept, and known to whoever begins a backup. */
  private static void rule(String name, String document) {
    put(name, document).statusCode(202);
  }

  private static ValidatableResponse put(String name, String document) {
    ValidatableResponse answer =
        given()
            .contentType("application/yaml")
            .body(document.getBytes(StandardCharsets.UTF_8))
            .put("/rules/" + name)
            .then();
    if (answer.extract().statusCode() == 202) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> when().get("/rules/" + name).then().statusCode(200));
    }
    return answer;
  }

  private ValidatableResponse begin(String name, Map<String, Object> rules) {
    plane.volume(name + "-0", 8 << 20, Map.of("group", name, "repl", "1"));
    Map<String, Object> request = new LinkedHashMap<>();
    request.putAll(Map.of("name", name, "kind", "BACKUP", "group", name, "namespace", "kafka"));
    request.putAll(rules);
    return given().contentType(ContentType.JSON).body(request).post("/migrations").then();
  }

  private static ValidatableResponse ended(String name, String status) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/migrations/" + name).then().body("step", equalTo("END")));
    return when().get("/migrations/" + name).then().body("status", equalTo(status));
  }

  /** What was done in pods for a backup, and its snapshots; tests run one after the other. */
  private List<String> story(String name) {
    return plane.orchestrator().story(name);
  }
}
