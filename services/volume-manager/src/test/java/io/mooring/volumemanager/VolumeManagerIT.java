package io.mooring.volumemanager;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import com.fasterxml.jackson.databind.ObjectMapper;
import csi.v1.CapacityRange;
import csi.v1.ControllerExpandVolumeRequest;
import csi.v1.ControllerGetVolumeRequest;
import csi.v1.ControllerGrpc;
import csi.v1.ControllerPublishVolumeRequest;
import csi.v1.ControllerUnpublishVolumeRequest;
import csi.v1.CreateVolumeRequest;
import csi.v1.DeleteVolumeRequest;
import csi.v1.GetCapacityRequest;
import csi.v1.ListVolumesRequest;
import csi.v1.Volume;
import csi.v1.VolumeCapability;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.csi.UnixSocketChannel;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.ReplicaFenced;
import io.mooring.schemas.VolumeReport;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it is deployed, on a real Kafka and a real schema registry. */
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(ScratchDirectories.class)
class VolumeManagerIT {

  private static final long MIB = 1L << 20;
  private static final Duration REBALANCE = Duration.ofSeconds(60);

  @Inject ManagerConfig config;
  @Inject ObjectMapper json;

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
    writer.send(
        ControlTopic.NODE_EVENTS,
        "n1",
        new NodeEvent("n1", "i2", Instant.now(), new NodeUp(9000L)));
  }

  @Test
  void anIncidentCanBeExplainedFromItsFirstRecordOn() {
    create("explained", Map.of("nodes", "n3"));
    post("/volumes/explained/publish", Map.of("node", "n3"), 200);
    post("/volumes/explained/unpublish", Map.of("force", true), 200);

    List<Map<String, String>> story =
        given().get("/volumes/explained/explain?since=PT5M").jsonPath().getList("$");

    assertThat(story)
        .extracting(entry -> entry.get("type"))
        .containsSubsequence(
            "io.mooring.CreateVolume",
            "io.mooring.VolumeCreated",
            "io.mooring.PublishVolume",
            "io.mooring.VolumePublished",
            "io.mooring.UnpublishVolume",
            "io.mooring.VolumeFencing");
    assertThat(story.get(1).get("causationId")).isEqualTo(story.get(0).get("id"));
    assertThat(story.get(1).get("correlationId")).isEqualTo(story.get(0).get("correlationId"));
  }

  @Test
  void refusalsSayWhatWhyAndHowToFixIt() {
    given()
        .contentType(ContentType.JSON)
        .body(Map.of("name", "bad", "sizeBytes", MIB, "parameters", Map.of("repl", "9")))
        .post("/volumes")
        .then()
        .statusCode(422)
        .contentType("application/problem+json")
        .body("code", equalTo("VOL-001"))
        .body("fix", equalTo("Set repl to 1, 2 or 3."));
    given().get("/volumes/nowhere").then().statusCode(404).body("code", equalTo("VOL-040"));
    given()
        .contentType(ContentType.JSON)
        .body(Map.of("sizeBytes", MIB))
        .post("/volumes")
        .then()
        .statusCode(400)
        .body("code", equalTo("VOL-094"));
  }

  @Test
  void aTrialRebalanceIsAnsweredAndFoundAgainAndMistakesAreExplained() {
    JsonPath trial = post("/rebalances", Map.of("trial", true, "deviationPercent", 1), 200);
    assertThat(trial.getBoolean("trial")).isTrue();
    await()
        .untilAsserted(() ->
            given()
                .get("/rebalances/" + trial.getString("id"))
                .then()
                .statusCode(200)
                .body("phase", equalTo("DONE")));
    assertThat(post("/rebalances", Map.of("deviationPercent", -1), 422).getString("code"))
        .isEqualTo("POL-001");
    assertThat(post("/rebalances/rb-nowhere/pause", Map.of(), 404).getString("code"))
        .isEqualTo("POL-002");
    post("/rebalances/" + trial.getString("id") + "/stop", Map.of(), 400);
  }

  @Test
  void poisonInAnyInputTopicIsSetAsideAndNothingElseIsHurt() {
    byte[] garbage = {0, 1, 2, 3, 4, 5, 6, 7};
    List<ControlTopic> inputs =
        List.of(
            ControlTopic.VOLUME_COMMANDS,
            ControlTopic.VOLUME_MOVES,
            ControlTopic.POOL_COMMANDS,
            ControlTopic.VOLUME_REPORTS,
            ControlTopic.NODE_EVENTS,
            ControlTopic.NODES,
            ControlTopic.VOLUMES);

    inputs.forEach(topic -> writer.sendGarbage(topic, "vol-000000000000", garbage));
    writer.sendAs(
        ControlTopic.VOLUME_REPORTS,
        ControlTopic.NODE_EVENTS,
        "vol-000000000000",
        new NodeEvent("n1", "i1", Instant.now(), new NodeUp(0L)));

    await()
        .untilAsserted(() ->
            assertThat(writer.deadLetterTopics())
                .containsAll(inputs.stream().map(ControlTopic::topicName).toList()));
    create("after-poison", Map.of());
    assertThat(volume("after-poison").getString("phase")).isEqualTo("DETACHED");
  }

  @Test
  void anotherInstanceTakesItsShareAndHandsItBack(@TempDir Path stateDir) {
    List<String> names = IntStream.range(0, 12).mapToObj(i -> "shared-" + i).toList();
    names.forEach(name -> create(name, Map.of()));

    try (SecondInstance second = new SecondInstance(controlPlane, stateDir, json)) {
      await().atMost(REBALANCE).untilAsserted(() -> assertThat(second.names()).isNotEmpty());
      List<String> moved = names.stream().filter(second.names()::contains).toList();
      assertThat(moved).isNotEmpty().hasSizeLessThan(names.size());

      await().atMost(REBALANCE).untilAsserted(() -> assertThat(listed()).containsAll(names));
      post("/volumes/" + moved.getFirst() + "/publish", Map.of("node", "n2"), 200);
      assertThat(volume(moved.getFirst()).getString("holder")).isEqualTo("n2");
    }

    await()
        .atMost(REBALANCE)
        .untilAsserted(() ->
            given()
                .get("/volumes?scope=local")
                .then()
                .statusCode(200)
                .body("name", hasItems(names.toArray())));
    assertThat(given().get("/q/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void theControllerIsIdempotentAsCsiDemands() {
    try (var channel = UnixSocketChannel.open(config.csiSocket().orElseThrow())) {
      var controller = ControllerGrpc.newBlockingStub(channel.grpc());
      CreateVolumeRequest request = csiCreate("csi", 64 * MIB, Map.of("repl", "2", "fs", "xfs"));
      assertCode(() -> controller.createVolume(request), Status.Code.OUT_OF_RANGE);
      CreateVolumeRequest large = csiCreate("csi", 512 * MIB, Map.of("repl", "2", "fs", "xfs"));
      Volume volume = controller.createVolume(large).getVolume();
      assertThat(controller.createVolume(large).getVolume()).isEqualTo(volume);
      assertThat(volume.getVolumeContextMap()).containsEntry("fs", "xfs");
      assertCode(
          () -> controller.createVolume(csiCreate("csi", 512 * MIB, Map.of("repl", "1"))),
          Status.Code.ALREADY_EXISTS);

      String id = volume.getVolumeId();
      var context = controller.controllerPublishVolume(csiPublish(id, "n2")).getPublishContextMap();
      assertThat(context).containsEntry("epoch", "1");
      assertThat(controller.controllerPublishVolume(csiPublish(id, "n2")).getPublishContextMap())
          .isEqualTo(context);
      assertCode(
          () -> controller.controllerPublishVolume(csiPublish(id, "n3")),
          Status.Code.FAILED_PRECONDITION);
      assertCode(
          () -> controller.controllerPublishVolume(csiPublish("vol-000000000000", "n3")),
          Status.Code.NOT_FOUND);
      assertCode(() -> controller.deleteVolume(csiDelete(id)), Status.Code.FAILED_PRECONDITION);

      var expand =
          ControllerExpandVolumeRequest.newBuilder()
              .setVolumeId(id)
              .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(1024 * MIB))
              .build();
      assertThat(controller.controllerExpandVolume(expand).getCapacityBytes())
          .isEqualTo(1024 * MIB);
      assertThat(controller.controllerExpandVolume(expand).getCapacityBytes())
          .isEqualTo(1024 * MIB);
      assertThat(controller.createVolume(large).getVolume().getCapacityBytes())
          .isEqualTo(1024 * MIB);

      var unpublish =
          ControllerUnpublishVolumeRequest.newBuilder().setVolumeId(id).setNodeId("n2").build();
      controller.controllerUnpublishVolume(unpublish);
      controller.controllerUnpublishVolume(unpublish);
      controller.deleteVolume(csiDelete(id));
      controller.deleteVolume(csiDelete(id));
      controller.deleteVolume(csiDelete("no-id-of-ours"));
    }
  }

  @Test
  void aVolumeThatIsFilledIsNotGivenToAnybodyElse() {
    create("filled", Map.of("repl", "1"));
    String id = volume("filled").getString("id");
    Map<String, Object> restore =
        Map.of("node", "n2", "purpose", "restore back", "untouchedSince", 0);
    post("/volumes/filled/publish", restore, 200);
    assertThat(post("/volumes/filled/publish", restore, 200).getLong("epoch")).isEqualTo(1);
    assertThat(volume("filled").getMap("publication"))
        .isEqualTo(Map.of("epoch", 1, "purpose", "restore back", "othersEpoch", 0));
    try (var channel = UnixSocketChannel.open(config.csiSocket().orElseThrow())) {
      var controller = ControllerGrpc.newBlockingStub(channel.grpc());
      assertCode(
          () -> controller.controllerPublishVolume(csiPublish(id, "n2")),
          Status.Code.FAILED_PRECONDITION);
      var unpublish =
          ControllerUnpublishVolumeRequest.newBuilder().setVolumeId(id).setNodeId("n2").build();
      controller.controllerUnpublishVolume(unpublish);
      assertThat(volume("filled").getString("phase")).isEqualTo("PUBLISHED");
      assertThat(controller.controllerGetVolume(csiGet(id)).getStatus().getPublishedNodeIdsList())
          .isEmpty();

      post("/volumes/filled/unpublish", Map.of("node", "n2", "purpose", "restore back"), 200);
      controller.controllerPublishVolume(csiPublish(id, "n2"));
      assertThat(controller.controllerGetVolume(csiGet(id)).getStatus().getPublishedNodeIdsList())
          .containsExactly("n2");
      assertThat(post("/volumes/filled/publish", restore, 409).getString("code"))
          .isEqualTo("VOL-037");
      Map<String, Object> force = Map.of("node", "n2", "purpose", "restore back", "force", true);
      assertThat(post("/volumes/filled/unpublish", force, 409).getString("code"))
          .isEqualTo("VOL-037");
      controller.controllerUnpublishVolume(unpublish);
    }
    assertThat(post("/volumes/filled/publish", restore, 409).getString("code"))
        .isEqualTo("VOL-038");
    assertThat(
            post("/volumes/filled/publish", Map.of("node", "n2", "purpose", "a\nb"), 400)
                .getString("code"))
        .isEqualTo("VOL-094");
  }

  @Test
  void whatIsHalfIsGivenToNobodyAndNotSnapshotted() {
    Map<String, Object> creation =
        Map.of("name", "half", "sizeBytes", 64L << 20, "filledFor", "restore back");
    post("/volumes", creation, 200);
    Map<String, Object> ordinary = Map.of("node", "n2");
    assertThat(post("/volumes/half/publish", ordinary, 409).getString("code")).isEqualTo("VOL-039");
    Map<String, Object> fill =
        Map.of("node", "n2", "purpose", "restore back", "untouchedSince", 0, "fills", true);
    post("/volumes/half/publish", fill, 200);
    assertThat(volume("half").getMap("filling"))
        .isEqualTo(Map.of("purpose", "restore back", "epoch", 1, "whole", false));

    post("/volumes/half/unpublish", Map.of("purpose", "restore back"), 200);
    assertThat(post("/volumes/half/publish", ordinary, 409).getString("code")).isEqualTo("VOL-039");
    Map<String, Object> set = Map.of("name", "half", "volumes", List.of("half"));
    assertThat(post("/snapshots", set, 409).getString("code")).isEqualTo("SNP-008");
    assertThat(given().get("/q/metrics").asString()).contains("mooring_volumes_half");
    post("/volumes/half/publish", fill, 200);
    post("/volumes/half/unpublish", Map.of("purpose", "restore back", "filledEpoch", 2), 200);

    assertThat(volume("half").getMap("filling"))
        .isEqualTo(Map.of("purpose", "restore back", "epoch", 2, "whole", true));
    post("/volumes/half/publish", ordinary, 200);
    post("/volumes/half/unpublish", ordinary, 200);
    assertThat(
            post("/volumes/half/publish", Map.of("node", "n2", "fills", true), 400)
                .getString("code"))
        .isEqualTo("VOL-094");
    assertThat(post("/volumes/half/unpublish", Map.of("filledEpoch", 2), 400).getString("code"))
        .isEqualTo("VOL-094");
  }

  @Test
  void volumesAreListedInPages() {
    List.of("page-a", "page-b", "page-c").forEach(name -> create(name, Map.of()));
    try (var channel = UnixSocketChannel.open(config.csiSocket().orElseThrow())) {
      var controller = ControllerGrpc.newBlockingStub(channel.grpc());
      int all = controller.listVolumes(ListVolumesRequest.getDefaultInstance()).getEntriesCount();

      int seen = 0;
      String token = "";
      do {
        var page =
            controller.listVolumes(
                ListVolumesRequest.newBuilder().setMaxEntries(2).setStartingToken(token).build());
        seen += page.getEntriesCount();
        token = page.getNextToken();
      } while (!token.isEmpty());

      assertThat(seen).isEqualTo(all).isGreaterThanOrEqualTo(3);
      assertCode(
          () ->
              controller.listVolumes(ListVolumesRequest.newBuilder().setStartingToken("x").build()),
          Status.Code.ABORTED);
      assertThat(
              controller
                  .getCapacity(GetCapacityRequest.getDefaultInstance())
                  .getAvailableCapacity())
          .isPositive();
    }
  }

  private static CreateVolumeRequest csiCreate(
      String name, long bytes, Map<String, String> parameters) {
    return CreateVolumeRequest.newBuilder()
        .setName(name)
        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
        .addVolumeCapabilities(oneWriter())
        .putAllParameters(parameters)
        .build();
  }

  private static ControllerPublishVolumeRequest csiPublish(String id, String node) {
    return ControllerPublishVolumeRequest.newBuilder()
        .setVolumeId(id)
        .setNodeId(node)
        .setVolumeCapability(oneWriter())
        .build();
  }

  private static DeleteVolumeRequest csiDelete(String id) {
    return DeleteVolumeRequest.newBuilder().setVolumeId(id).build();
  }

  private static ControllerGetVolumeRequest csiGet(String id) {
    return ControllerGetVolumeRequest.newBuilder().setVolumeId(id).build();
  }

  private static VolumeCapability oneWriter() {
    return VolumeCapability.newBuilder()
        .setMount(VolumeCapability.MountVolume.getDefaultInstance())
        .setAccessMode(
            VolumeCapability.AccessMode.newBuilder()
                .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER))
        .build();
  }

  private static void assertCode(ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code));
  }

  private static List<String> listed() {
    return given().get("/volumes").then().statusCode(200).extract().jsonPath().getList("name");
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
