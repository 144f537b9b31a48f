package io.mooring.volumeagent;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.SnapshotSetPhase.DELETING;
import static io.mooring.schemas.SnapshotSetPhase.TAKING;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.HeadDetached;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.TaskDone;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.mooring.volumeagent.staging.Access;
import io.mooring.volumeagent.staging.StageRequest;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.volumes.VolumeStates;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(AgentTestResource.class)
class SnapshotRestIT {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final long SIZE = 32L << 20;

  ControlPlane controlPlane;

  @Inject VolumeAgent agent;

  @TempDir Path directory;

  @Test
  void aVolumeThatNobodyHasStagedIsFilledThroughAnExport() throws Exception {
    String volume = "vol-0000000000e1";
    try (StandInManager manager = granted(volume)) {
      exported(volume);
      try (NbdClient client = connect(volume)) {
        Blocks.write(client, 0, 16, 5);
        client.flush().get();
      }
      assertThatThrownBy(() -> stage(volume))
          .isInstanceOfSatisfying(
              StagingException.class, e -> assertThat(e.code()).isEqualTo("CSI-043"));

      given().delete("/volumes/" + volume + "/export").then().statusCode(204);

      eventually(() -> assertThat(manager.reports(HeadDetached.class)).hasSize(1));
      assertThat(manager.reports(HeadServing.class)).hasSize(1);
      assertThat(agent.volumes().heads().running()).doesNotContain(volume);
      given().delete("/volumes/" + volume + "/export").then().statusCode(204);
      exported(volume);
      try (NbdClient client = connect(volume)) {
        assertThat(Blocks.read(client, 15)).isEqualTo(5);
      }
      given().delete("/volumes/" + volume + "/export").then().statusCode(204);
    }
  }

  @Test
  void anExportForAnotherEpochIsRefused() throws Exception {
    String volume = "vol-0000000000e6";
    String export = "/volumes/" + volume + "/export?readOnly=false&epoch=";
    try (StandInManager _ = granted(volume)) {
      eventually(() -> given().post(export + 1).then().statusCode(201));
      given().post(export + 1).then().statusCode(201);
      given().post(export + 0).then().statusCode(409).body("code", equalTo("CSI-025"));

      given().delete("/volumes/" + volume + "/export?epoch=0").then().statusCode(204);
      assertThat(agent.exports().isExported(volume)).as("it is not his").isTrue();
      given().delete("/volumes/" + volume + "/export?epoch=1").then().statusCode(204);
      assertThat(agent.exports().isExported(volume)).isFalse();

      given().post(export + 0).then().statusCode(409).body("code", equalTo("CSI-025"));
      assertThat(agent.volumes().heads().running())
          .as("nothing is opened for somebody who is late")
          .doesNotContain(volume);
    }
  }

  @Test
  void aVolumeWithATaskIsNotExported() throws Exception {
    String volume = "vol-0000000000e2";
    try (StandInManager manager = manager(volume)) {
      manager.prepare(state -> state.setTask(task(VolumeTaskKind.SNAPSHOT, "set", volume, "x")));
      manager.grant(AgentTestResource.NODE);
      eventually(() ->
          given()
              .post("/volumes/" + volume + "/export?readOnly=false")
              .then()
              .statusCode(409)
              .body("code", equalTo("VOL-066")));
      given().get("/volumes/" + volume).then().body("state.task", equalTo("SNAPSHOT"));
    }
  }

  @Test
  void snapshotsAreToldExportedAndCompared() throws Exception {
    String volume = "vol-0000000000e3";
    String path = "/volumes/" + volume + "/snapshots";
    try (StandInManager manager = granted(volume);
        StandInSets sets = new StandInSets(controlPlane)) {
      assertThat(manager.state().getEpoch()).isEqualTo(1);
      exported(volume);
      var older = takeOver(sets, "rest-1", volume, 1);
      var newer = takeOver(sets, "rest-2", volume, 2);
      String oldId = older.snapshotOf(volume);
      String newId = newer.snapshotOf(volume);

      given()
          .get(path)
          .then()
          .statusCode(200)
          .body("", hasSize(2))
          .body("[0].snapshotId", equalTo(oldId))
          .body("[0].setName", equalTo("rest-1"))
          .body("[0].phase", equalTo("READY"))
          .body("[0].sizeBytes", equalTo((int) SIZE))
          .body("[1].snapshotId", equalTo(newId));
      assertChangesAreTold(path, oldId, newId);
      given()
          .post(path + "/unknown/export")
          .then()
          .statusCode(404)
          .body("code", equalTo("SNP-063"));

      given()
          .post(path + "/" + oldId + "/export")
          .then()
          .statusCode(201)
          .body("name", equalTo(volume + "@" + oldId))
          .body("readOnly", equalTo(true))
          .body("tcp", startsWith("nbd://127.0.0.1:"))
          .body("unix", containsString("nbd.sock"));
      try (NbdClient client = connect(volume + "@" + oldId)) {
        assertThat(client.readOnly()).isTrue();
        assertThat(Blocks.read(client, 2)).isEqualTo(1);
      }
      assertThat(given().get("/q/metrics").asString())
          .contains("mooring_snapshots_held 2.0")
          .contains("mooring_snapshots_exported 1.0")
          .contains("mooring_snapshots_taken_seconds_count 2");

      older.become(DELETING);
      eventually(() -> given().get(path).then().body("", hasSize(1)));
      eventually(() ->
          assertThatThrownBy(() -> connect(volume + "@" + oldId)).isInstanceOf(IOException.class));
      given().delete("/volumes/" + volume + "/export").then().statusCode(204);
    }
  }

  private static void assertChangesAreTold(String path, String oldId, String newId) {
    given()
        .get(path + "/" + newId + "/changes?since=" + oldId)
        .then()
        .statusCode(200)
        .body("", hasSize(1))
        .body("[0].offset", equalTo(2 * Blocks.BYTES))
        .body("[0].length", equalTo(8 * Blocks.BYTES));
    given()
        .get(path + "/" + newId + "/changes?from=32768&to=40960&since=" + oldId)
        .then()
        .body("[0].offset", equalTo(32768))
        .body("[0].length", equalTo(8192));
    given().get(path + "/" + newId + "/changes").then().statusCode(400);
    given()
        .get(path + "/" + oldId + "/changes?since=" + newId)
        .then()
        .statusCode(409)
        .body("code", equalTo("SNP-068"));
  }

  @Test
  void aNewVolumeIsFilledOverNbdFromTheAgentOfAnotherNode() throws Exception {
    String source = "vol-0000000000e4";
    String copy = "vol-0000000000e5";
    try (StandInManager manager = granted(source);
        StandInSets sets = new StandInSets(controlPlane);
        var tasks =
            new ControlTopicProbe<>(
                controlPlane, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class);
        LocalAgent other = new LocalAgent("node-2", directory.resolve("node-2"), controlPlane)) {
      assertThat(manager.state().getEpoch()).isEqualTo(1);
      exported(source);
      var set = takeOver(sets, "rest-3", source, 7);
      eventually(
          () -> assertThat(other.agent().directory().node(AgentTestResource.NODE)).isPresent());
      var replica = VolumeStates.replica("r1", "node-2", IN_SYNC);
      try (StandInManager target =
          new StandInManager(
              controlPlane,
              VolumeStates.volume(copy, DETACHED, 0, 0, 2 * SIZE, List.of(replica)))) {
        target.publish(state -> {});
        eventually(() -> assertThat(other.agent().volumes().withReplica()).contains(copy));
        target.prepare(state ->
            state.setTask(task(VolumeTaskKind.FILL, "rest-3", source, set.snapshotOf(source))));
        target.grant("node-2");
        eventually(() -> {
          var done = tasks.all(record -> record.getVolumeId().equals(copy));
          assertThat(done).hasSize(1);
          assertThat(done.getFirst().value().getDetail())
              .isInstanceOfSatisfying(
                  TaskDone.class,
                  detail -> assertThat(detail.getBytes()).isEqualTo(8L * Blocks.BYTES));
        });
        target.publish(state -> {
          state.setTask(null);
          state.setPhase(DETACHED);
          state.setHolder(null);
        });
        target.grant("node-2");
        eventually(() -> other.agent().exports().export(copy, false));
        try (NbdClient client = other.connect(copy)) {
          assertThat(client.sizeBytes()).isEqualTo(2 * SIZE);
          assertThat(Blocks.read(client, 9)).isEqualTo(7);
          assertThat(Blocks.read(client, 10)).isZero();
        }
        other.agent().exports().withdraw(copy);
      }
      given().delete("/volumes/" + source + "/export").then().statusCode(204);
    }
  }

  /** Writes a number to blocks 2 to 9 and takes a snapshot. */
  private StandInSets.OneSet takeOver(StandInSets sets, String setId, String volume, int number)
      throws Exception {
    try (NbdClient client = connect(volume)) {
      Blocks.write(client, 2, 8, number);
    }
    var set = sets.begin(setId, TAKING, volume);
    eventually(() -> assertThat(set.reports(SnapshotTaken.class)).hasSize(1));
    set.ready(Map.of("r1", AgentTestResource.NODE));
    eventually(() ->
        assertThat(agent.snapshots().sets().isGood(volume, set.snapshotOf(volume), "r1")).isTrue());
    return set;
  }

  private static VolumeTask task(
      VolumeTaskKind kind, String setId, String volume, String snapshotId) {
    return VolumeTask.newBuilder()
        .setTaskId("task-of-" + setId)
        .setKind(kind)
        .setSetId(setId)
        .setVolumeId(volume)
        .setSnapshotId(snapshotId)
        .build();
  }

  private void exported(String volume) {
    eventually(() ->
        given()
            .post("/volumes/" + volume + "/export?readOnly=false")
            .then()
            .statusCode(201)
            .body("name", equalTo(volume)));
  }

  private void stage(String volume) throws Exception {
    agent
        .volumes()
        .staging()
        .stage(
            new StageRequest(volume, 1, directory.resolve("stage"), new Access.Block(false)),
            LIMIT);
  }

  private static NbdClient connect(String export) throws IOException {
    Path state =
        Path.of(ConfigProvider.getConfig().getValue("mooring.agent.state-dir", String.class));
    return NbdClient.connect(UnixDomainSocketAddress.of(state.resolve("nbd.sock")), export, LIMIT);
  }

  private StandInManager granted(String volume) throws InterruptedException {
    StandInManager manager = manager(volume);
    manager.grant(AgentTestResource.NODE);
    return manager;
  }

  private StandInManager manager(String volume) throws InterruptedException {
    await().atMost(LIMIT).until(() -> agent.volumes().directory().hasCaughtUp());
    var replica = VolumeStates.replica("r1", AgentTestResource.NODE, IN_SYNC);
    replica.setPoolId(AgentTestResource.POOL);
    StandInManager manager =
        new StandInManager(
            controlPlane, VolumeStates.volume(volume, DETACHED, 0, 0, SIZE, List.of(replica)));
    manager.publish(state -> {});
    eventually(() -> assertThat(agent.volumes().withReplica()).contains(volume));
    return manager;
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).untilAsserted(assertion);
  }
}
