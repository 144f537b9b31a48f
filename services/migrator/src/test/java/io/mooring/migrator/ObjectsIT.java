package io.mooring.migrator;

import static io.mooring.migrator.Calls.PATIENCE;
import static io.mooring.migrator.Calls.begin;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import io.mooring.migrator.plane.FakePlane;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes along and how it is changed, through the service as it is deployed. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
class ObjectsIT {

  private FakePlane plane;

  @BeforeEach
  void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @Test
  void whatCannotBeIsRefusedWithAllThatIsWrong() {
    Map<String, Object> wrong =
        Map.of(
            "name",
            "wrong-objects",
            "kind",
            "BACKUP",
            "pair",
            "away",
            "namespaces",
            List.of("one", "two"),
            "namespaceMapping",
            Map.of("one", "two", "three", "four"),
            "transforms",
            List.of(Map.of("kind", "Service", "path", "spec", "operation", "turn")));
    var told =
        allOf(
            containsString("would both become 'two'"),
            containsString("'three', which does not go along"),
            containsString("no JSON pointer"),
            containsString("operation 'turn'"));
    begin(wrong).statusCode(400).body("code", equalTo("MIG-130")).body("why", told);
    given()
        .contentType(ContentType.JSON)
        .body(wrong)
        .put("/schedules/wrong-objects")
        .then()
        .statusCode(400)
        .body("code", equalTo("MIG-111"))
        .body("why", told);
  }

  @Test
  void aScheduleShowsWhatGoesAlong() {
    given()
        .contentType(ContentType.JSON)
        .body(Map.of("targetUrl", "http://127.0.0.1:1"))
        .put("/pairs/away")
        .then()
        .statusCode(202);
    await().atMost(PATIENCE).untilAsserted(() -> when().get("/pairs/away").then().statusCode(200));
    given()
        .contentType(ContentType.JSON)
        .body(
            Map.of(
                "pair", "away",
                "namespaces", List.of("one", "two"),
                "namespaceMapping", Map.of("one", "three"),
                "includeVolumes", false,
                "transforms",
                    List.of(
                        Map.of(
                            "kind", "Service",
                            "path", "/spec/ports/0",
                            "operation", "add",
                            "value", Map.of("port", 9092)))))
        .put("/schedules/chosen")
        .then()
        .statusCode(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            when()
                .get("/schedules/chosen")
                .then()
                .statusCode(200)
                .body("namespace", equalTo("one"))
                .body("namespaces", hasItems("one", "two"))
                .body("targetNamespace", equalTo("three"))
                .body("includeVolumes", equalTo(false))
                .body("includeResources", equalTo(true))
                .body("transforms[0].value.port", equalTo(9092)));
    when().delete("/schedules/chosen").then().statusCode(202);
    when()
        .get("/q/openapi?format=json")
        .then()
        .body(
            "components.schemas.MigrationRequest.properties.purgeDeleted.description",
            containsString("never claims"))
        .body("components.schemas.ScheduleRequest.properties.namespaces.type", equalTo("array"));
  }
}
