package io.mooring.migrator;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Map;

/** What tests ask of the service over REST. */
final class Calls {

  static final Duration PATIENCE = Duration.ofSeconds(90);

  private Calls() {}

  static ValidatableResponse begin(Map<String, Object> request) {
    return given().contentType(ContentType.JSON).body(request).post("/migrations").then();
  }

  static ValidatableResponse ended(String name, String status) {
    awaitStep(name, "END");
    return when().get("/migrations/" + name).then().body("status", equalTo(status));
  }

  static void awaitStep(String name, String step) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/migrations/" + name).then().body("step", equalTo(step)));
  }

  static long moved(String name) {
    Number bytes = when().get("/migrations/" + name).path("movedBytes");
    return bytes == null ? 0 : bytes.longValue();
  }

  static ValidatableResponse verified(String name, double fraction) {
    when().post("/backups/" + name + "/verify?fraction=" + fraction).then().statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            when().get("/backups/" + name + "/verify").then().body("running", equalTo(false)));
    return when().get("/backups/" + name + "/verify").then();
  }
}
