package io.mooring.volumemanager;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.ReplicaFenced;
import io.mooring.schemas.VolumeReport;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
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
@QuarkusTestResource(ScratchDirectories.class)
class VolumeManagerIT {

  private static final long MIB = 1L << 20;

  private ControlPlane controlPlane;
  private ControlTopicWriter writer;

  @BeforeEach
  void awaitReadyWithNodes() {
    writer = new ControlTopicWriter(controlPlane);
    List.of("n1", "n2", "n3").forEach(writer::registerNode);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(given().get("/nodes").jsonPath().getList("$")).hasSize(3));
  }

  @AfterEach
  void close() {
    writer.close();
  }

  @Test
  void aVolumeIsTakenAwayFromADeadNodeAndGivenToAnother() {
    create("data-kafka-0", Map.of("repl", "2", "nodes", "n1,n2"));
    post("/volumes/data-kafka-0/publish", Map.of("node", "n1"), 200);
    JsonPath published = volume("data-kafka-0");
    assertThat(published.getString("phase")).isEqualTo("PUBLISHED");
    assertThat(published.getLong("epoch")).isEqualTo(1);

    writer.send(
        ControlTopic.NODE_EVENTS,
        "n1",
        new NodeEvent("n1", "i1", Instant.now(), new NodeDown(9.0, 1500L, "test", List.of())));
    await()
        .untilAsserted(
            () -> assertThat(volume("data-kafka-0").getString("phase")).isEqualTo("FENCING"));
    JsonPath fencing = volume("data-kafka-0");
    assertThat(fencing.getLong("epoch")).isEqualTo(2);
    assertThat(fencing.getString("fencedNode")).isEqualTo("n1");
    String survivor = fencing.getString("replicas.find { it.node == 'n2' }.id");
    writer.send(
        ControlTopic.VOLUME_REPORTS,
        fencing.getString("id"),
        new VolumeReport(
            fencing.getString("id"),
            "n2",
            2L,
            fencing.getLong("generation"),
            Instant.now(),
            new ReplicaFenced(survivor, 2L)));
    await()
        .untilAsserted(
            () -> assertThat(volume("data-kafka-0").getString("phase")).isEqualTo("DETACHED"));

    post("/volumes/data-kafka-0/publish", Map.of("node", "n2"), 200);
    assertThat(volume("data-kafka-0").getString("holder")).isEqualTo("n2");
  }

  private static void create(String name, Map<String, String> parameters) {
    post("/volumes", Map.of("name", name, "sizeBytes", 64 * MIB, "parameters", parameters), 200);
  }

  private static JsonPath post(String path, Map<String, ?> body, int status) {
    return given()
        .contentType(ContentType.JSON)
        .body(body)
        .post(path)
        .then()
        .statusCode(status)
        .extract()
        .jsonPath();
  }

  private static JsonPath volume(String name) {
    return given().get("/volumes/" + name).then().statusCode(200).extract().jsonPath();
  }
}
