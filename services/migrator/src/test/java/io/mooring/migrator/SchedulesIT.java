package io.mooring.migrator;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.migrator.plane.FakePlane;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules through the service as it is deployed; two sides are in ApplicationFailoverST. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
class SchedulesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Map<String, Object> EVERY_DAY =
      Map.of("pair", "nowhere", "group", "scheduled", "when", Map.of("every", "PT24H"));

  private FakePlane plane;

  @BeforeEach
  void makePair() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
    given()
        .contentType(ContentType.JSON)
        .body(Map.of("targetUrl", "http://127.0.0.1:1", "token", "very secret"))
        .put("/pairs/nowhere")
        .then()
        .statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            when()
                .get("/pairs/nowhere")
                .then()
                .statusCode(200)
                .body("hasToken", equalTo(true))
                .body("storageStatus", equalTo("ERROR"))
                .body(not(containsString("very secret"))));
  }

  @Test
  void anIntervalBeginsAtOnceAndOnceAndSuspendedNotAtAll() {
    plane.volume("scheduled-0", 8 << 20, Map.of("group", "scheduled", "repl", "1"));
    put("daily", EVERY_DAY).statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> when().get("/schedules/daily").then().body("last", startsWith("daily-20")));
    String last = when().get("/schedules/daily").path("last");
    when()
        .get("/migrations/" + last)
        .then()
        .body("schedule", equalTo("daily"))
        .body("requestedBy", equalTo("schedule daily"))
        .body("kind", equalTo("MIGRATION"));
    when().post("/migrations/" + last + "/cancel").then().statusCode(202);

    when().post("/schedules/daily/suspend").then().statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> when().get("/schedules/daily").then().body("suspended", equalTo(true)));
    when().get("/schedules/daily").then().body("last", equalTo(last));
    when().delete("/schedules/daily").then().statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            when().get("/schedules/daily").then().statusCode(404).body("code", equalTo("MIG-110")));
  }

  @Test
  void whatCannotBeKeptIsRefusedWithItsReason() {
    put("a-name-that-is-much-too-long-for-it", EVERY_DAY)
        .statusCode(400)
        .body("code", equalTo("MIG-111"));
    put("unpaired", with("pair", "never-made")).statusCode(404).body("code", equalTo("MIG-076"));
    put("ruleless", with("preExecRule", "never-made"))
        .statusCode(404)
        .body("code", equalTo("MIG-104"));
    put("often", with("when", Map.of("every", "PT10S")))
        .statusCode(400)
        .body("why", containsString("below a minute"));
    put("both", with("when", Map.of("every", "PT1H", "daily", "02:30")))
        .statusCode(400)
        .body("why", containsString("it has 2"));
  }

  @Test
  void aMoveNeedsToKnowWhatMoves() {
    move("never-made", false).statusCode(404).body("code", equalTo("MIG-110"));
    move("never-made", true).statusCode(404).body("code", equalTo("MIG-110"));
    put("nameless", with("group", "no-such-group")).statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/schedules/nameless").then().statusCode(200));
    move("nameless", false).statusCode(409).body("code", equalTo("MIG-112"));
    when().delete("/schedules/nameless").then().statusCode(202);
    when()
        .post("/applications/start?namespace=kafka&schedule=never-made")
        .then()
        .statusCode(409)
        .body("code", equalTo("MIG-113"));
    when().post("/applications/stop").then().statusCode(400).body("code", equalTo("MIG-075"));
  }

  private static ValidatableResponse put(String name, Map<String, Object> request) {
    return given().contentType(ContentType.JSON).body(request).put("/schedules/" + name).then();
  }

  private static Map<String, Object> with(String key, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(EVERY_DAY);
    copy.put(key, value);
    return copy;
  }

  private static ValidatableResponse move(String schedule, boolean skip) {
    return given()
        .contentType(ContentType.JSON)
        .body(Map.of("skipSourceOperations", skip))
        .post("/schedules/" + schedule + "/failover")
        .then();
  }
}
