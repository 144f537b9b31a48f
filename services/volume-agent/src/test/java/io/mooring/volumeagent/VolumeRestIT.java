package io.mooring.volumeagent;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.mooring.volumeagent.staging.Access;
import io.mooring.volumeagent.staging.StageRequest;
import io.mooring.volumeagent.volumes.VolumeStates;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(AgentTestResource.class)
class VolumeRestIT {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final long SIZE = 32L << 20;

  ControlPlane controlPlane;

  @Inject VolumeAgent agent;

  @Test
  void aVolumeOfThisNodeIsToldWithItsReplica() throws Exception {
    try (var manager = manager("vol-00000000aa01")) {
      manager.publish(state -> {});

      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              given()
                  .get("/volumes/vol-00000000aa01")
                  .then()
                  .statusCode(200)
                  .body("state.phase", equalTo("DETACHED"))
                  .body("state.replicas[0].nodeId", equalTo(AgentTestResource.NODE))
                  .body("replica.replicaId", equalTo("r1"))
                  .body("replica.sizeBytes", equalTo((int) SIZE))
                  .body("attachment", nullValue()));
      given().get("/volumes").then().statusCode(200).body("volumeId", hasItem("vol-00000000aa01"));
      given()
          .post("/volumes/vol-00000000aa01/export")
          .then()
          .statusCode(409)
          .body("code", equalTo("VOL-062"))
          .body("message", containsString("Stage the volume here"));
    }
  }

  @Test
  void anUnknownVolumeIsNotFound() {
    given()
        .get("/volumes/vol-nowhere")
        .then()
        .statusCode(404)
        .body("code", equalTo("VOL-064"))
        .body("message", startsWith("VOL-064 Volume vol-nowhere"));
  }

  @Test
  void anAttachedVolumeIsExportedMeasuredAndTold() throws Exception {
    assumeThat(Files.isWritable(Path.of("/dev/fuse"))).as("runs as root, with FUSE").isTrue();
    String volume = "vol-00000000aa02";
    Path stage = stateDir().resolveSibling("stage");
    try (var manager = manager(volume)) {
      manager.publish(state -> {});
      manager.grant(AgentTestResource.NODE);
      agent
          .volumes()
          .staging()
          .stage(new StageRequest(volume, 1, stage, new Access.Block(false)), LIMIT);
      try {
        given()
            .post("/volumes/" + volume + "/export?readOnly=false")
            .then()
            .statusCode(201)
            .body("name", equalTo(volume))
            .body("tcp", startsWith("nbd://127.0.0.1:"))
            .body("unix", containsString("nbd.sock"));
        try (NbdClient client = connect(volume)) {
          assertThat(client.sizeBytes()).isEqualTo(SIZE);
        }
        given()
            .get("/volumes/" + volume)
            .then()
            .statusCode(200)
            .body("attachment.state", equalTo("Serving"))
            .body("attachment.run", equalTo("1.1"))
            .body("attachment.abnormal", equalTo(false))
            .body("attachment.device", startsWith("/dev/"))
            .body("attachment.exported", equalTo(true));
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(metrics())
                    .contains(
                        "mooring_volume_requests_seconds_count{kind=\"read\",volume=\"" + volume)
                    .contains("mooring_volume_serving{volume=\"" + volume + "\"} 1.0")
                    .contains("pool=\"" + AgentTestResource.POOL)
                    .containsPattern("mooring_pool_canary_seconds\\{node=\"[^\"]+\",pool=")
                    .containsPattern("px_pool_stats_total_bytes\\{node=\"[^\"]+\",pool="));
        given().delete("/volumes/" + volume + "/export").then().statusCode(204);
      } finally {
        agent.volumes().staging().unstage(volume, stage, LIMIT);
      }
      await().atMost(LIMIT).untilAsserted(() -> assertThat(metrics()).doesNotContain(volume));
    }
  }

  @Test
  void aMountedVolumeIsExportedForReadingOnlyAndTheExportEndsWithItsHead() throws Exception {
    assumeThat(Files.isWritable(Path.of("/dev/fuse"))).as("runs as root, with FUSE").isTrue();
    String volume = "vol-00000000aa03";
    Path stage = stateDir().resolveSibling("mounted");
    try (var manager = manager(volume)) {
      manager.publish(state -> {});
      manager.grant(AgentTestResource.NODE);
      agent
          .volumes()
          .staging()
          .stage(
              new StageRequest(
                  volume, 1, stage, new Access.Mounted(Optional.empty(), List.of(), false)),
              LIMIT);
      try {
        given()
            .post("/volumes/" + volume + "/export?readOnly=false")
            .then()
            .statusCode(409)
            .body("code", equalTo("VOL-063"));
        given().post("/volumes/" + volume + "/export").then().statusCode(201);
        assertThat(agent.exports().isExported(volume)).isTrue();
      } finally {
        agent.volumes().staging().unstage(volume, stage, LIMIT);
      }
      assertThat(agent.exports().isExported(volume)).isFalse();
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThatThrownBy(() -> connect(volume)).isInstanceOf(IOException.class));
    }
  }

  private static NbdClient connect(String volume) throws IOException {
    return NbdClient.connect(
        UnixDomainSocketAddress.of(stateDir().resolve("nbd.sock")), volume, LIMIT);
  }

  private static String metrics() {
    return given().get("/q/metrics").then().statusCode(200).extract().asString();
  }

  private static Path stateDir() {
    return Path.of(ConfigProvider.getConfig().getValue("mooring.agent.state-dir", String.class));
  }

  private StandInManager manager(String volume) {
    await().atMost(LIMIT).until(() -> agent.volumes().directory().hasCaughtUp());
    var replica = VolumeStates.replica("r1", AgentTestResource.NODE, IN_SYNC);
    replica.setPoolId(AgentTestResource.POOL);
    return new StandInManager(
        controlPlane, VolumeStates.volume(volume, DETACHED, 0, 0, SIZE, List.of(replica)));
  }
}
