package io.mooring.migrator.kubernetes;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.mooring.migrator.Rig;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it is deployed on Kubernetes: real Kafka, registry, S3 server and NBD. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
@TestProfile(KubernetesMigrationIT.OnKubernetes.class)
class KubernetesMigrationIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String RULE =
      """
      items:
        - podSelector: {app: kafka}
          actions:
            - {type: command, value: 'echo $POD_NAME $DATA_DIR >>%s'}
      """;

  /** The service is started anew: other tests have another orchestrator. */
  public static final class OnKubernetes implements QuarkusTestProfile {
    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(KubernetesRig.class));
    }
  }

  private FakePlane plane;
  private FakeCluster cluster;
  @TempDir private Path folder;

  @Test
  void anApplicationGoesToTheStoreAndComesBackInAnotherNamespaceStoppedAndIsStarted() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
    when().get("/pairs/self").then().body("orchestrator", equalTo(true));
    cluster.apply("kafka.yaml");
    List<byte[]> contents =
        List.of(volume(0), volume(1)).stream().map(one -> one.device().content()).toList();
    given()
        .contentType("application/yaml")
        .body(RULE.formatted(folder.resolve("ruled")).getBytes(StandardCharsets.UTF_8))
        .put("/rules/touch")
        .then()
        .statusCode(202);
    await().atMost(PATIENCE).untilAsserted(() -> when().get("/rules/touch").then().statusCode(200));

    begin("k8s", "BACKUP", Map.of("group", "k8s", "namespace", "kafka", "preExecRule", "touch"));
    ended("k8s").body("volumesDone", equalTo(2)).body("resourcesTotal", equalTo(23));
    assertThat(folder.resolve("ruled"))
        .content()
        .contains("broker-0 /var/lib/kafka\n", "broker-1 /var/lib/kafka\n");

    for (int number = 0; number < 2; number++) {
      plane.remove("pvc-" + number);
      cluster.delete(Kinds.CLAIM, "kafka", "data-broker-" + number);
      cluster.delete(Kinds.VOLUME, "", "pv-data-broker-" + number);
    }
    begin(
        "k8s-back",
        "RESTORE",
        Map.of("backup", "k8s", "namespace", "kafka", "targetNamespace", "kafka-dr"));
    ended("k8s-back").body("resourcesDone", equalTo(23));

    for (int number = 0; number < 2; number++) {
      FakeVolume restored = plane.find("pvc-" + number).orElseThrow();
      assertThat(restored.device().content()).isEqualTo(contents.get(number));
      assertThat(
              cluster
                  .get(Kinds.VOLUME, "", "pv-data-broker-" + number)
                  .at("/spec/csi/volumeHandle")
                  .asText())
          .isEqualTo(restored.id());
    }
    when().get("/applications?namespace=kafka-dr").then().body("desired", equalTo(0));
    when().post("/applications/start?namespace=kafka-dr").then().statusCode(202);
    // Two brokers, one controller and two of the registry; no daemons are on any node yet.
    when().get("/applications?namespace=kafka-dr").then().body("desired", equalTo(5));
  }

  private FakeVolume volume(int number) {
    FakeVolume volume =
        plane.volume("pvc-" + number, 8 << 20, Map.of("repl", "2", "group", "k8s", "fs", "ext4"));
    volume.device().put(number << 20, new byte[] {1, 2, 3, (byte) number});
    cluster.claim("kafka", "data-broker-" + number, volume.id(), "csi.mooring.io");
    cluster.pod("kafka", "broker", number, "app: kafka");
    return volume;
  }

  private static void begin(String name, String kind, Map<String, Object> more) {
    Map<String, Object> request = new LinkedHashMap<>(more);
    request.put("name", name);
    request.put("kind", kind);
    given().contentType(ContentType.JSON).body(request).post("/migrations").then().statusCode(201);
  }

  private static io.restassured.response.ValidatableResponse ended(String name) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/migrations/" + name).then().body("step", equalTo("END")));
    return when()
        .get("/migrations/" + name)
        .then()
        .body("reason", equalTo(""))
        .body("status", equalTo("SUCCESSFUL"));
  }
}
