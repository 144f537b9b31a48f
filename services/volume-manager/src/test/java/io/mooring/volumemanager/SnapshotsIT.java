package io.mooring.volumemanager;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.oneOf;

import csi.v1.CapacityRange;
import csi.v1.ControllerGrpc;
import csi.v1.CreateSnapshotRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.DeleteSnapshotRequest;
import csi.v1.DeleteVolumeRequest;
import csi.v1.ListSnapshotsRequest;
import csi.v1.Snapshot;
import csi.v1.VolumeCapability;
import csi.v1.VolumeContentSource;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.csi.UnixSocketChannel;
import io.mooring.schemas.ControlTopic;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots through the doors of the service, on a real Kafka; the test plays the agents. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(ScratchDirectories.class)
class SnapshotsIT {

  private static final long MIB = 1L << 20;

  @Inject ManagerConfig config;

  private ControlPlane controlPlane;
  private ControlTopicWriter writer;
  private SnapshotAgents agents;

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
    agents = new SnapshotAgents(controlPlane, writer);
  }

  @AfterEach
  void close() {
    agents.close();
    writer.close();
  }

  @Test
  void aGroupIsSelectedTakenShownAndDeleted() {
    create("group-a", Map.of("group", "kafka", "team", "blue"));
    create("group-b", Map.of("group", "kafka", "team", "blue"));
    create("group-c", Map.of("group", "kafka", "team", "red"));
    post("/volumes/group-a/publish", Map.of("node", "n1"), 200);

    JsonPath set =
        post(
            "/snapshots",
            Map.of(
                "name", "nightly",
                "selector", Map.of("group", "kafka", "labels", Map.of("team", "blue")),
                "labels", Map.of("by", "test")),
            201);

    assertThat(set.getString("phase")).isEqualTo("READY");
    assertThat(set.getList("members.volumeName")).containsExactlyInAnyOrder("group-a", "group-b");
    assertThat(set.getList("members[0].holders")).isNotEmpty();
    String id = set.getString("setId");
    assertThat(get("/snapshots/" + id, 200).getString("labels.by")).isEqualTo("test");
    assertThat(get("/snapshots?volume=group-a", 200).getList("setId")).containsExactly(id);
    await()
        .untilAsserted(() ->
            assertThat(get("/volumes/group-b", 200).getString("phase")).isEqualTo("DETACHED"));
    given().delete("/volumes/group-b").then().statusCode(409);

    given().delete("/snapshots/" + id).then().statusCode(oneOf(202, 204));
    await().untilAsserted(() -> given().get("/snapshots/" + id).then().statusCode(404));
    given().delete("/snapshots/" + id).then().statusCode(204);
    given().delete("/volumes/group-b").then().statusCode(200);
  }

  @Test
  void aRepeatUnderTheSameKeyIsTheSameSet() {
    create("repeated", Map.of());
    Map<String, Object> wanted = Map.of("name", "once", "volumes", List.of("repeated"));

    String first = takeUnder("key-of-once", wanted).getString("setId");
    String second = takeUnder("key-of-once", wanted).getString("setId");

    assertThat(second).isEqualTo(first);
    assertThat(get("/snapshots?volume=repeated", 200).getList("setId")).containsExactly(first);
  }

  @Test
  void aVolumeIsRestoredAndClonedOverRest() {
    create("original", Map.of("repl", "2"));
    String set =
        post("/snapshots", Map.of("name", "s", "volumes", List.of("original")), 201)
            .getString("setId");
    await()
        .untilAsserted(
            () -> assertThat(get("/volumes/original", 200).getString("task.kind")).isNull());

    agents.holdTasksBack();
    post("/volumes/original/restore", Map.of("setId", set), 202);
    assertThat(get("/volumes/original", 200).getString("task.kind")).isEqualTo("RESTORE");
    assertThat(post("/volumes/original/publish", Map.of("node", "n1"), 409).getString("code"))
        .isEqualTo("VOL-070");
    agents.letTasksGo();
    await().untilAsserted(() -> post("/volumes/original/publish", Map.of("node", "n1"), 200));

    post(
        "/volumes",
        Map.of(
            "name", "copy", "sizeBytes", 0, "source", Map.of("setId", set, "volume", "original")),
        200);
    await()
        .untilAsserted(() -> assertThat(get("/volumes/copy", 200).getString("task.kind")).isNull());
    assertThat(get("/volumes/copy", 200).getLong("sizeBytes")).isEqualTo(64 * MIB);
    assertThat(get("/volumes/copy", 200).getInt("spec.repl")).isEqualTo(2);
  }

  @Test
  void mistakesAndFailuresAreExplained() {
    assertThat(
            post("/snapshots", Map.of("name", "x", "volumes", List.of("nowhere")), 404)
                .getString("code"))
        .isEqualTo("SNP-004");
    assertThat(post("/snapshots", Map.of("name", "x"), 422).getString("code")).isEqualTo("SNP-002");
    assertThat(post("/snapshots", Map.of("volumes", List.of("x")), 400).getString("code"))
        .isEqualTo("VOL-094");
    assertThat(get("/snapshots/snap-nowhere", 404).getString("code")).isEqualTo("SNP-013");

    create("stubborn", Map.of());
    agents.missNext();
    JsonPath failed = post("/snapshots", Map.of("name", "x", "volumes", List.of("stubborn")), 503);
    assertThat(failed.getString("code")).isEqualTo("SNP-020");
    assertThat(failed.getString("what")).contains("stubborn", "SNP-061");
    assertThat(get("/snapshots?volume=stubborn", 200).getList("phase")).containsExactly("FAILED");
  }

  @Test
  void snapshotsOverCsiAreIdempotentByName() {
    create("csi-source", Map.of("repl", "2"));
    String volume = get("/volumes/csi-source", 200).getString("id");
    try (var channel = UnixSocketChannel.open(config.csiSocket().orElseThrow())) {
      var controller = ControllerGrpc.newBlockingStub(channel.grpc());
      CreateSnapshotRequest take =
          CreateSnapshotRequest.newBuilder().setName("snap").setSourceVolumeId(volume).build();
      Snapshot snapshot = controller.createSnapshot(take).getSnapshot();
      assertThat(snapshot.getReadyToUse()).isTrue();
      assertThat(snapshot.getSizeBytes()).isEqualTo(64 * MIB);
      assertThat(controller.createSnapshot(take).getSnapshot()).isEqualTo(snapshot);
      create("csi-other", Map.of());
      String other = get("/volumes/csi-other", 200).getString("id");
      assertCode(
          () -> controller.createSnapshot(take.toBuilder().setSourceVolumeId(other).build()),
          Status.Code.ALREADY_EXISTS);
      var ofVolume = ListSnapshotsRequest.newBuilder().setSourceVolumeId(volume).build();
      assertThat(controller.listSnapshots(ofVolume).getEntriesList())
          .singleElement()
          .satisfies(entry -> assertThat(entry.getSnapshot()).isEqualTo(snapshot));
      assertCode(
          () ->
              controller.listSnapshots(
                  ListSnapshotsRequest.newBuilder().setStartingToken("x").build()),
          Status.Code.ABORTED);

      CreateVolumeRequest clone =
          CreateVolumeRequest.newBuilder()
              .setName("csi-clone")
              .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(128 * MIB))
              .addVolumeCapabilities(
                  VolumeCapability.newBuilder()
                      .setMount(VolumeCapability.MountVolume.getDefaultInstance())
                      .setAccessMode(
                          VolumeCapability.AccessMode.newBuilder()
                              .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER)))
              .setVolumeContentSource(
                  VolumeContentSource.newBuilder()
                      .setSnapshot(
                          VolumeContentSource.SnapshotSource.newBuilder()
                              .setSnapshotId(snapshot.getSnapshotId())))
              .build();
      var created = controller.createVolume(clone).getVolume();
      assertThat(created.getCapacityBytes()).isEqualTo(128 * MIB);
      assertThat(created.hasContentSource()).isTrue();
      assertThat(controller.createVolume(clone).getVolume()).isEqualTo(created);

      var deleteVolume = DeleteVolumeRequest.newBuilder().setVolumeId(volume).build();
      assertCode(() -> controller.deleteVolume(deleteVolume), Status.Code.FAILED_PRECONDITION);
      var delete =
          DeleteSnapshotRequest.newBuilder().setSnapshotId(snapshot.getSnapshotId()).build();
      controller.deleteSnapshot(delete);
      controller.deleteSnapshot(delete);
      controller.deleteSnapshot(delete.toBuilder().setSnapshotId("no-id-of-ours").build());
      controller.deleteVolume(deleteVolume);
    }
  }

  @Test
  void aScheduleIsMadeChangedShownAndEnded() {
    create("scheduled", Map.of());
    put("nightly", Map.of("daily", "02:30", "volumes", List.of("scheduled")), 204);
    await().untilAsserted(() -> get("/snapshot-schedules/nightly", 200));
    JsonPath nightly = get("/snapshot-schedules/nightly", 200);
    assertThat(nightly.getString("at")).isEqualTo("02:30");
    assertThat(nightly.getInt("retain")).as("the default of daily ones").isEqualTo(30);

    put("nightly", Map.of("weekly", "sunday 04:00", "group", "kafka", "retain", 2), 204);
    await()
        .untilAsserted(
            () -> assertThat(get("/snapshot-schedules/nightly", 200).getInt("day")).isEqualTo(7));
    for (Map<String, ?> bad :
        List.of(
            Map.of("daily", "25:00", "group", "g"),
            Map.of("daily", "02:30"),
            Map.of("group", "g"),
            Map.of("every", "PT1H", "daily", "02:30", "group", "g"),
            Map.of("every", "PT1H", "group", "g", "retain", 64))) {
      assertThat(put("bad", bad, 422).getString("code")).isEqualTo("SNP-030");
    }

    given().delete("/snapshot-schedules/nightly").then().statusCode(204);
    await()
        .untilAsserted(() ->
            assertThat(get("/snapshot-schedules/nightly", 404).getString("code"))
                .isEqualTo("SNP-031"));
  }

  private static JsonPath put(String schedule, Map<String, ?> plan, int status) {
    return given()
        .contentType(ContentType.JSON)
        .body(plan)
        .put("/snapshot-schedules/" + schedule)
        .then()
        .statusCode(status)
        .extract()
        .jsonPath();
  }

  @Test
  void poisonIsSetAside() {
    byte[] garbage = {0, 1, 2, 3, 4, 5, 6, 7};
    List<ControlTopic> inputs =
        List.of(
            ControlTopic.SNAPSHOT_COMMANDS,
            ControlTopic.SNAPSHOT_REPORTS,
            ControlTopic.SNAPSHOTS,
            ControlTopic.VOLUME_TASKS);

    inputs.forEach(topic -> writer.sendGarbage(topic, "vol-000000000000", garbage));

    await()
        .untilAsserted(() ->
            assertThat(writer.deadLetterTopics())
                .containsAll(inputs.stream().map(ControlTopic::topicName).toList()));
    create("after-snapshot-poison", Map.of());
    post("/snapshots", Map.of("name", "x", "volumes", List.of("after-snapshot-poison")), 201);
  }

  private static void assertCode(ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code));
  }

  private static void create(String name, Map<String, String> parameters) {
    post("/volumes", Map.of("name", name, "sizeBytes", 64 * MIB, "parameters", parameters), 200);
  }

  private static JsonPath takeUnder(String key, Map<String, ?> wanted) {
    return given()
        .contentType(ContentType.JSON)
        .header("Idempotency-Key", key)
        .body(wanted)
        .post("/snapshots")
        .then()
        .statusCode(201)
        .extract()
        .jsonPath();
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

  private static JsonPath get(String path, int status) {
    return given().get(path).then().statusCode(status).extract().jsonPath();
  }
}
