package io.mooring.migrator;

import static io.mooring.migrator.Calls.PATIENCE;
import static io.mooring.migrator.Calls.begin;
import static io.mooring.migrator.Calls.ended;
import static io.mooring.migrator.Calls.moved;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.lessThan;

import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Agents die while a volume is read from them and while one is filled through them. */
@Tag("long")
@QuarkusTest
@QuarkusTestResource(Rig.class)
class AgentFaultsIT {

  private static final int SIZE = 96 << 20;
  private static final int CONTENT = 88 << 20;

  private FakePlane plane;

  @BeforeEach
  void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @Test
  void anotherHolderOfTheSnapshotIsReadAndLittleIsSentAgain() throws IOException {
    FakeVolume volume = volume("reader", 201);
    begin(Map.of("name", "reader", "kind", "BACKUP", "group", "reader", "bytesPerSecond", 16 << 20))
        .statusCode(201);
    await().atMost(PATIENCE).until(() -> moved("reader") > 10 << 20);
    plane.kill("n1");
    try {
      // The second attempt finds what the first has sent: at most a pack of each of two workers.
      ended("reader", "SUCCESSFUL").body("movedBytes", lessThan(CONTENT - (8 << 20)));
    } finally {
      plane.revive("n1");
    }
    restored("reader", volume.device().content());
  }

  @Test
  void aFillGoesOnWithAnAgentThatComesBack() throws IOException {
    byte[] before = backedUp("filler", 202);
    int fenced = plane.fenced();
    begin(slowRestore("filler")).statusCode(201);
    await().atMost(PATIENCE).until(() -> moved("filler-back") > 10 << 20);
    plane.kill("n1");
    FakeVolume half = plane.find("filler-0").orElseThrow();
    assertThat(half.device().content()).startsWith(new byte[64 << 10]);
    plane.revive("n1");
    ended("filler-back", "SUCCESSFUL");
    assertThat(half.device().content()).isEqualTo(before);
    assertThat(plane.fenced()).isEqualTo(fenced);
  }

  @Test
  void aFillGoesOnOnAnotherNodeIfTheAgentStaysAway() throws IOException {
    byte[] before = backedUp("moved", 203);
    int fenced = plane.fenced();
    begin(slowRestore("moved")).statusCode(201);
    await().atMost(PATIENCE).until(() -> moved("moved-back") > 10 << 20);
    plane.kill("n1");
    try {
      ended("moved-back", "SUCCESSFUL");
    } finally {
      plane.revive("n1");
    }
    FakeVolume filled = plane.find("moved-0").orElseThrow();
    assertThat(filled.device().content()).isEqualTo(before);
    assertThat(filled.phase()).isEqualTo("DETACHED");
    assertThat(plane.fenced()).isEqualTo(fenced + 1);
  }

  private byte[] backedUp(String group, int seed) {
    byte[] content = volume(group, seed).device().content();
    begin(Map.of("name", group, "kind", "BACKUP", "group", group)).statusCode(201);
    ended(group, "SUCCESSFUL");
    plane.remove(group + "-0");
    return content;
  }

  private static Map<String, Object> slowRestore(String group) {
    return Map.of(
        "name", group + "-back", "kind", "RESTORE", "backup", group, "bytesPerSecond", 16 << 20);
  }

  private void restored(String group, byte[] content) {
    plane.remove(group + "-0");
    begin(Map.of("name", group + "-back", "kind", "RESTORE", "backup", group)).statusCode(201);
    ended(group + "-back", "SUCCESSFUL");
    assertThat(plane.find(group + "-0").orElseThrow().device().content()).isEqualTo(content);
  }

  private FakeVolume volume(String group, int seed) {
    FakeVolume volume =
        plane.volume(group + "-0", SIZE, Map.of("repl", "2", "fs", "ext4", "group", group));
    byte[] content = new byte[CONTENT];
    new SplittableRandom(seed).nextBytes(content);
    volume.device().put(0, content);
    return volume;
  }
}
