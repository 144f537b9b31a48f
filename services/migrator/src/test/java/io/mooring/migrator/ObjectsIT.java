package io.mooring.migrator;

import static io.mooring.migrator.Calls.PATIENCE;
import static io.mooring.migrator.Calls.begin;
import static io.mooring.migrator.Calls.ended;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.migrator.plane.FakeOrchestrator;
import io.mooring.migrator.plane.FakePlane;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes along and how it is changed, through the service as it is deployed. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
class ObjectsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

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

  @Test
  void aChosenApplicationArrivesMappedAndTransformedAndWhatIsGoneLeavesAgain() throws Exception {
    source();
    backUp("moved-1", Map.of("excludeKinds", List.of("Secret")));
    restore("moved-1", "schedule/moving", Map.of());
    ended("moved-1-back", "SUCCESSFUL").body("resourcesDone", equalTo(5));

    assertThat(arrived())
        .containsExactlyInAnyOrder(
            "Service/shop2/web",
            "StatefulSet/shop2/db",
            "ConfigMap/shop2/old",
            "ConfigMap/shop2/held",
            "StorageClass/shop2/fast",
            "ConfigMap/bill/rates");
    assertThat(kept("StatefulSet/shop2/db").started()).isFalse();
    assertThat(manifest("StatefulSet/shop2/db").at("/spec/volumeClaimTemplates/0/spec"))
        .isEqualTo(JSON.readTree("{\"storageClassName\":\"fast\"}"));
    assertThat(manifest("StatefulSet/shop2/db").at("/metadata/namespace").asText())
        .isEqualTo("shop2");
    assertThat(manifest("Service/shop2/web").at("/spec/type").asText()).isEqualTo("NodePort");

    plane.orchestrator().put("Service/shop2/web", "{\"ours\":true}");
    plane.orchestrator().remove("ConfigMap/shop/old");
    plane.orchestrator().remove("ConfigMap/shop/held");
    plane.orchestrator().guard("ConfigMap/shop2/held");
    backUp("moved-2", Map.of("excludeKinds", List.of("Secret")));
    plane.orchestrator().scale(0);
    restore(
        "moved-2",
        "schedule/moving",
        Map.of("purgeDeleted", true, "skipServiceUpdate", true, "replace", true));
    ended("moved-2-back", "PARTIAL_SUCCESS")
        .body("leftBehind", startsWith("MIG-135 ConfigMap 'held'"))
        .body("leftBehind", containsString("LCL-049"));
    plane.orchestrator().scale(3);

    assertThat(arrived()).doesNotContain("ConfigMap/shop2/old");
    assertThat(arrived()).contains("ConfigMap/shop2/held", "ConfigMap/bill/rates");
    assertThat(manifest("Service/shop2/web").path("ours").asBoolean()).isTrue();
  }

  @Test
  void whereTheApplicationRunsNothingIsTakenAwayFromIt() {
    plane.orchestrator().put("ConfigMap/live/gone", "{}");
    plane.orchestrator().put("ConfigMap/live/stays", "{}");
    plane.orchestrator().scale(3);
    objectsAlone("live-1");
    restoreObjects("live-1", "live2", Map.of());
    ended("live-1-back", "SUCCESSFUL").body("volumesTotal", equalTo(0));
    plane.orchestrator().remove("ConfigMap/live/gone");
    objectsAlone("live-2");
    restoreObjects("live-2", "live2", Map.of("purgeDeleted", true));
    ended("live-2-back", "PARTIAL_SUCCESS")
        .body("leftBehind", containsString("The application runs here"));
    assertThat(plane.orchestrator().objects()).containsKey("ConfigMap/live2/gone");
  }

  @Test
  void objectsAloneTakeNoSnapshotsAndNoVolumes() {
    plane.volume("alone-0", 8 << 20, Map.of("group", "alone", "repl", "1"));
    plane.orchestrator().put("ConfigMap/alone/settings", "{}");
    begin(
            Map.of(
                "name",
                "alone",
                "kind",
                "BACKUP",
                "group",
                "alone",
                "namespace",
                "alone",
                "includeVolumes",
                false,
                "keepSnapshots",
                true))
        .statusCode(201);
    ended("alone", "SUCCESSFUL")
        .body("volumesTotal", equalTo(0))
        .body("resourcesTotal", equalTo(1));
    assertThat(plane.orchestrator().story()).doesNotContain("snapshot alone");

    begin(
            Map.of(
                "name",
                "volumes-alone",
                "kind",
                "BACKUP",
                "group",
                "alone",
                "namespace",
                "alone",
                "includeResources",
                false))
        .statusCode(201);
    ended("volumes-alone", "SUCCESSFUL")
        .body("volumesTotal", equalTo(1))
        .body("resourcesTotal", equalTo(0));
    begin(
            Map.of(
                "name",
                "volumes-back",
                "kind",
                "RESTORE",
                "backup",
                "volumes-alone",
                "namespace",
                "alone",
                "includeVolumes",
                false))
        .statusCode(201);
    ended("volumes-back", "SUCCESSFUL").body("volumesTotal", equalTo(0));
  }

  @Test
  void aNamespaceThatIsGoneIsLeftOutOrFails() {
    plane.orchestrator().put("ConfigMap/half/settings", "{}");
    Map<String, Object> both =
        Map.of("kind", "BACKUP", "namespaces", List.of("half", "deleted"), "includeVolumes", false);
    begin(with(both, "name", "half-1")).statusCode(201);
    ended("half-1", "SUCCESSFUL").body("resourcesTotal", equalTo(1));
    begin(with(with(both, "name", "half-2"), "skipDeletedNamespaces", false)).statusCode(201);
    ended("half-2", "FAILED").body("reason", startsWith("MIG-131 Namespace 'deleted'"));
  }

  @Test
  void whatCannotBePutIsToldBeforeAnyVolumeIsMade() throws Exception {
    source();
    backUp("unfit", Map.of());
    Map<String, Map<String, Object>> unfit =
        Map.of(
            "MIG-132", Map.of("classMapping", Map.of("slow", "nowhere")),
            "MIG-133", Map.of("namespaces", List.of("nowhere"), "namespaceMapping", Map.of()),
            "MIG-134",
                Map.of(
                    "transforms",
                    List.of(
                        Map.of(
                            "kind",
                            "Service",
                            "path",
                            "/spec/none",
                            "operation",
                            "replace",
                            "value",
                            1))));
    for (Map.Entry<String, Map<String, Object>> change : unfit.entrySet()) {
      String name = "unfit-" + change.getKey().toLowerCase(Locale.ROOT);
      Map<String, Object> request = with(target("unfit", "pair/east"), "name", name);
      request.putAll(change.getValue());
      begin(request).statusCode(201);
      ended(name, "FAILED")
          .body("reason", startsWith(change.getKey()))
          .body("volumesTotal", equalTo(0));
    }
    assertThat(plane.find("shop-0")).isEmpty();
    assertThat(arrived()).containsExactly("StorageClass/shop2/fast");
  }

  /** A shop with a volume, and a namespace beside it; nothing has arrived yet. */
  private void source() {
    plane.remove("shop-0");
    plane.orchestrator().clear();
    plane.volume("shop-0", 8 << 20, Map.of("group", "shop", "repl", "1"));
    plane.orchestrator().put("StorageClass/shop/slow", "{}");
    plane.orchestrator().put("ConfigMap/shop/old", "{\"metadata\":{\"namespace\":\"shop\"}}");
    plane.orchestrator().put("ConfigMap/shop/held", "{}");
    plane.orchestrator().put("Secret/shop/password", "{}");
    plane.orchestrator().put("Service/shop/web", "{\"spec\":{\"type\":\"ClusterIP\"}}");
    plane
        .orchestrator()
        .put(
            "StatefulSet/shop/db",
            "{\"metadata\":{\"namespace\":\"shop\"},\"spec\":{\"volumeClaimTemplates\":"
                + "[{\"spec\":{\"storageClassName\":\"slow\"}}]}}");
    plane.orchestrator().put("ConfigMap/bills/rates", "{}");
    plane.orchestrator().put("StorageClass/shop2/fast", "{}");
  }

  private void backUp(String name, Map<String, Object> more) {
    Map<String, Object> request =
        with(
            Map.of("kind", "BACKUP", "group", "shop", "namespaces", List.of("shop", "bills")),
            "name",
            name);
    request.putAll(more);
    begin(request).statusCode(201);
    ended(name, "SUCCESSFUL");
    plane.remove("shop-0");
  }

  private void restore(String backup, String origin, Map<String, Object> more) {
    Map<String, Object> request = with(target(backup, origin), "name", backup + "-back");
    request.putAll(more);
    begin(request).statusCode(201);
  }

  private static Map<String, Object> target(String backup, String origin) {
    return Map.of(
        "kind", "RESTORE",
        "backup", backup,
        "origin", origin,
        "namespaces", List.of("shop", "bills"),
        "namespaceMapping", Map.of("shop", "shop2", "bills", "bill"),
        "classMapping", Map.of("slow", "fast"),
        "transforms",
            List.of(
                Map.of(
                    "kind",
                    "Service",
                    "name",
                    "web",
                    "path",
                    "/spec/type",
                    "operation",
                    "replace",
                    "value",
                    "NodePort")));
  }

  private static void objectsAlone(String name) {
    begin(Map.of("name", name, "kind", "BACKUP", "namespace", "live", "includeVolumes", false))
        .statusCode(201);
    ended(name, "SUCCESSFUL");
  }

  private static void restoreObjects(String backup, String target, Map<String, Object> more) {
    Map<String, Object> request =
        with(
            Map.of(
                "kind",
                "RESTORE",
                "backup",
                backup,
                "origin",
                "pair/east",
                "namespace",
                "live",
                "targetNamespace",
                target),
            "name",
            backup + "-back");
    request.putAll(more);
    begin(request).statusCode(201);
  }

  private Set<String> arrived() {
    return plane.orchestrator().objects().keySet().stream()
        .filter(key -> key.contains("/shop2/") || key.contains("/bill/"))
        .collect(Collectors.toSet());
  }

  private FakeOrchestrator.Kept kept(String key) {
    return plane.orchestrator().objects().get(key);
  }

  private JsonNode manifest(String key) throws IOException {
    return JSON.readTree(kept(key).manifest());
  }

  private static Map<String, Object> with(Map<String, Object> request, String key, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(request);
    copy.put(key, value);
    return copy;
  }
}
