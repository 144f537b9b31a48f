package io.mooring.migrator;

import static io.mooring.migrator.Calls.PATIENCE;
import static io.mooring.migrator.Calls.begin;
import static io.mooring.migrator.Calls.ended;
import static io.mooring.migrator.Calls.verified;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.s3server.S3Server;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.MigrationEvent;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.TopicLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service as it is deployed: real Kafka, registry, S3 server and NBD. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
class MigratorIT {

  private static final int SIZE = 40 << 20;

  private ControlPlane controlPlane;
  private S3Server s3;
  private FakePlane plane;

  @BeforeEach
  void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @Test
  void volumesAndObjectsGoToTheStoreAndComeBackAsTheyWere() {
    FakeVolume first = volume("cycle-0", 1);
    FakeVolume second = volume("cycle-1", 2);
    plane.orchestrator().put("StatefulSet/kafka/broker", "{\"replicas\":4}");
    plane.orchestrator().put("Secret/other/not-ours", "{}");
    byte[] before = first.device().content();
    int setsBefore = plane.snapshotSets();

    begin(Map.of("name", "cycle", "kind", "BACKUP", "group", "cycle", "namespace", "kafka"))
        .statusCode(201)
        .body("status", equalTo("IN_PROGRESS"));
    first.device().put(8 << 20, new byte[] {1, 2, 3});
    ended("cycle", "SUCCESSFUL").body("volumesDone", equalTo(2)).body("resourcesDone", equalTo(1));
    assertThat(plane.snapshotSets()).isEqualTo(setsBefore);
    when()
        .get("/backups/cycle")
        .then()
        .body("volumes.name", hasItem("cycle-0"))
        .body("part", equalTo(false));
    when().get("/backups").then().body("name", not(hasItem("cycle-part-0")));

    byte[] secondBefore = second.device().content();
    plane.remove("cycle-0");
    plane.remove("cycle-1");
    plane.orchestrator().clear();
    begin(Map.of("name", "cycle-back", "kind", "RESTORE", "backup", "cycle", "namespace", "kafka"))
        .statusCode(201);
    ended("cycle-back", "SUCCESSFUL").body("stage", equalTo("FINAL"));

    FakeVolume restored = plane.find("cycle-0").orElseThrow();
    // The write came after the snapshot, which is taken before the request is answered or later:
    // either all of it is there or nothing.
    assertThat(restored.device().content())
        .satisfiesAnyOf(
            content -> assertThat(content).isEqualTo(before),
            content -> assertThat(content).isEqualTo(first.device().content()));
    assertThat(plane.find("cycle-1").orElseThrow().device().content()).isEqualTo(secondBefore);
    assertThat(restored.phase()).isEqualTo("DETACHED");
    assertThat(restored.parameters())
        .containsEntry("repl", "2")
        .containsEntry("io_profile", "db_remote")
        .containsEntry("group", "cycle")
        .containsEntry("app", "kafka");
    assertThat(plane.orchestrator().objects()).containsOnlyKeys("StatefulSet/kafka/broker");
    assertThat(plane.orchestrator().objects().get("StatefulSet/kafka/broker").started()).isFalse();
    assertStepsAreTold("cycle");
  }

  private void assertStepsAreTold(String name) {
    try (var events =
        TopicLog.open(
            controlPlane.kafka().bootstrapServers(),
            controlPlane.serdes(),
            ControlTopic.MIGRATION_EVENTS,
            MigrationEvent.class)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(
                      events.entries().stream()
                          .filter(entry -> entry.key().equals(name))
                          .map(entry -> entry.headers().type().replace("io.mooring.", "")))
                  .containsSubsequence(
                      "MigrationStarted",
                      "StepEntered",
                      "CutTaken",
                      "StepEntered",
                      "VolumeMoved",
                      "VolumeMoved",
                      "StepEntered",
                      "MigrationEnded"));
    }
  }

  @Test
  void theNextOneReadsOnlyWhatHasChanged() throws IOException {
    FakeVolume volume = volume("delta-0", 3);
    Map<String, Object> request = Map.of("kind", "BACKUP", "group", "delta", "keepSnapshots", true);
    begin(with(request, "name", "delta-a")).statusCode(201);
    ended("delta-a", "SUCCESSFUL").body("base", equalTo(""));
    int sets = plane.snapshotSets();
    long read = plane.readFromSnapshots();
    long stored = storedBytes();

    byte[] change = new byte[1 << 20];
    new SplittableRandom(99).nextBytes(change);
    volume.device().put(20 << 20, change);
    byte[] now = volume.device().content();
    begin(with(request, "name", "delta-b")).statusCode(201);
    ended("delta-b", "SUCCESSFUL").body("base", equalTo("delta-a"));

    assertThat(plane.snapshotSets()).isEqualTo(sets);
    assertThat(plane.readFromSnapshots() - read).isLessThanOrEqualTo(16 << 20);
    assertThat(storedBytes() - stored).isBetween(1L << 20, 3L << 20);
    plane.remove("delta-0");
    begin(Map.of("name", "delta-back", "kind", "RESTORE", "backup", "delta-b")).statusCode(201);
    ended("delta-back", "SUCCESSFUL");
    assertThat(plane.find("delta-0").orElseThrow().device().content()).isEqualTo(now);
  }

  @Test
  void aVolumeThatSomebodyMayUseIsNeverWrittenTo() {
    volume("guarded-0", 4);
    begin(Map.of("name", "guarded", "kind", "BACKUP", "group", "guarded")).statusCode(201);
    ended("guarded", "SUCCESSFUL");
    byte[] content = plane.find("guarded-0").orElseThrow().device().content();

    begin(Map.of("name", "guarded-r1", "kind", "RESTORE", "backup", "guarded", "replace", true));
    ended("guarded-r1", "FAILED").body("reason", startsWith("MIG-066"));
    assertThat(plane.find("guarded-0").orElseThrow().device().content()).isEqualTo(content);

    plane.remove("guarded-0");
    begin(Map.of("name", "guarded-r2", "kind", "RESTORE", "backup", "guarded"));
    ended("guarded-r2", "SUCCESSFUL");
    begin(Map.of("name", "guarded-r3", "kind", "RESTORE", "backup", "guarded"));
    ended("guarded-r3", "FAILED").body("reason", containsString("not to be replaced"));
    begin(Map.of("name", "guarded-r4", "kind", "RESTORE", "backup", "guarded", "replace", true));
    ended("guarded-r4", "SUCCESSFUL");

    FakeVolume used = plane.find("guarded-0").orElseThrow();
    used.attach("n1");
    used.detach();
    begin(Map.of("name", "guarded-r5", "kind", "RESTORE", "backup", "guarded", "replace", true));
    ended("guarded-r5", "FAILED").body("reason", containsString("attached it since"));

    plane.remove("guarded-0");
    plane.volume("guarded-0", SIZE, used.parameters()).device().put(0, content);
    begin(Map.of("name", "guarded-r6", "kind", "RESTORE", "backup", "guarded", "replace", true));
    ended("guarded-r6", "FAILED").body("reason", containsString("made anew"));
  }

  @Test
  void aDamagedBackupIsFoundAndNeverPresentedAsRestored() throws IOException {
    volume("damaged-0", 5);
    begin(Map.of("name", "damaged", "kind", "BACKUP", "group", "damaged")).statusCode(201);
    ended("damaged", "SUCCESSFUL");
    verified("damaged", 1).body("good", equalTo(true)).body("damages", hasSize(0));
    verified("damaged", 0.5).body("good", equalTo(true));
    flipBits("damaged");
    verified("damaged", 1)
        .body("good", equalTo(false))
        .body("damages[0].place", equalTo("damaged-0"));

    plane.remove("damaged-0");
    plane.orchestrator().put("StatefulSet/dmg/x", "{}");
    begin(Map.of("name", "damaged-back", "kind", "RESTORE", "backup", "damaged")).statusCode(201);
    ended("damaged-back", "FAILED").body("reason", startsWith("MIG-02"));
    FakeVolume half = plane.find("damaged-0").orElseThrow();
    assertThat(half.device().content()).startsWith(new byte[64 << 10]);
    assertThat(half.phase()).isEqualTo("DETACHED");
  }

  @Test
  void whatAFailedRestoreLeftIsNotWrittenToOnceSomebodyAttachedIt() throws IOException {
    volume("leftover-0", 10);
    begin(Map.of("name", "leftover", "kind", "BACKUP", "group", "leftover")).statusCode(201);
    ended("leftover", "SUCCESSFUL");
    flipBits("leftover");
    plane.remove("leftover-0");
    begin(Map.of("name", "leftover-r1", "kind", "RESTORE", "backup", "leftover"));
    ended("leftover-r1", "FAILED").body("reason", startsWith("MIG-02"));
    begin(Map.of("name", "leftover-r2", "kind", "RESTORE", "backup", "leftover"));
    ended("leftover-r2", "FAILED").body("reason", startsWith("MIG-02"));

    FakeVolume used = plane.find("leftover-0").orElseThrow();
    used.attach("n1");
    used.device().put(0, new byte[] {1, 2, 3});
    used.detach();
    byte[] theirs = used.device().content();
    begin(Map.of("name", "leftover-r3", "kind", "RESTORE", "backup", "leftover"));
    ended("leftover-r3", "FAILED").body("reason", containsString("attached it since"));
    assertThat(used.device().content()).isEqualTo(theirs);
  }

  @Test
  void objectsAndVolumesShowOneMoment() {
    volume("moment-0", 6);
    plane.orchestrator().put("ConfigMap/moment/changing", "{}");
    plane.orchestrator().changeAtSnapshots(1);
    begin(Map.of("name", "moment", "kind", "BACKUP", "group", "moment", "namespace", "moment"))
        .statusCode(201);
    ended("moment", "SUCCESSFUL");
    try (var events =
        TopicLog.open(
            controlPlane.kafka().bootstrapServers(),
            controlPlane.serdes(),
            ControlTopic.MIGRATION_EVENTS,
            MigrationEvent.class)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(events.entries())
                  .anyMatch(entry ->
                      entry.key().equals("moment")
                          && entry.value().getDetail().toString().contains("MIG-062")));
    }
  }

  @Test
  void anOutageOfVolumeManagerIsWaitedFor() {
    volume("outage-0", 7);
    plane.failNext(2);
    begin(Map.of("name", "outage", "kind", "BACKUP", "group", "outage")).statusCode(201);
    ended("outage", "SUCCESSFUL");
  }

  @Test
  void whatCannotBeDoneIsRefusedWithItsReason() {
    begin(Map.of("name", "Bad Name", "kind", "BACKUP"))
        .statusCode(400)
        .body("code", equalTo("MIG-074"));
    begin(Map.of("name", "x-part-1", "kind", "BACKUP")).statusCode(400);
    begin(Map.of("name", "no-kind")).statusCode(400).body("code", equalTo("MIG-075"));
    begin(Map.of("name", "no-pair", "kind", "MIGRATION", "pair", "nowhere"))
        .statusCode(404)
        .body("code", equalTo("MIG-076"));
    begin(Map.of("name", "nothing", "kind", "BACKUP", "group", "no-such-group")).statusCode(201);
    ended("nothing", "FAILED").body("reason", startsWith("MIG-059"));
    begin(Map.of("name", "nothing", "kind", "BACKUP", "group", "no-such-group"))
        .statusCode(409)
        .body("code", equalTo("MIG-050"));
    begin(Map.of("name", "no-backup", "kind", "RESTORE", "backup", "never-made")).statusCode(201);
    ended("no-backup", "FAILED").body("reason", startsWith("MIG-030"));
    when().get("/migrations/never").then().statusCode(404).body("code", equalTo("MIG-079"));
  }

  @Test
  void theSameRequestBeginsOneBackup() {
    volume("once-0", 8);
    Map<String, Object> request = Map.of("name", "once", "kind", "BACKUP", "group", "once");
    for (int i = 0; i < 2; i++) {
      given()
          .contentType(ContentType.JSON)
          .header("Idempotency-Key", "the-same")
          .body(request)
          .post("/migrations")
          .then()
          .statusCode(201);
    }
    ended("once", "SUCCESSFUL");
  }

  @Test
  void aCancelledBackupLeavesNoSnapshots() {
    FakeVolume volume = volume("stopped-0", 9);
    int sets = plane.snapshotSets();
    begin(
            Map.of(
                "name", "stopped", "kind", "BACKUP", "group", "stopped", "bytesPerSecond", 1 << 20))
        .statusCode(201);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> when().get("/migrations/stopped").then().body("step", equalTo("UPLOAD")));
    assertThat(volume.snapshots()).hasSize(1);
    when().post("/migrations/stopped/cancel").then().statusCode(202);
    ended("stopped", "FAILED").body("reason", startsWith("MIG-053"));
    assertThat(plane.snapshotSets()).isEqualTo(sets);
    when().get("/backups").then().body("name", not(hasItem("stopped")));
  }

  @Test
  void theDoorsAreDescribedAndMeasured() {
    when()
        .get("/q/openapi")
        .then()
        .statusCode(200)
        .body(containsString("/migrations/{name}/cancel"))
        .body(containsString("/backups/{name}/verify"))
        .body(containsString("/pairs/{name}"));
    when().get("/q/metrics").then().body(containsString("mooring_migrations"));
    when().post("/backups/prune").then().statusCode(200).body("packsDeleted", equalTo(0));
    when().get("/pairs/self").then().body("encrypted", equalTo(true));
  }

  private FakeVolume volume(String name, int seed) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("repl", "2");
    parameters.put("io_profile", "db_remote");
    parameters.put("fs", "ext4");
    parameters.put("priority_io", "high");
    parameters.put("group", name.replaceAll("-\\d$", ""));
    parameters.put("app", "kafka");
    FakeVolume volume = plane.volume(name, SIZE, parameters);
    byte[] content = new byte[6 << 20];
    new SplittableRandom(seed).nextBytes(content);
    volume.device().put(0, content);
    volume.device().put(30 << 20, content);
    return volume;
  }

  private static Map<String, Object> with(Map<String, Object> request, String key, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(request);
    copy.put(key, value);
    return copy;
  }

  private long storedBytes() throws IOException {
    long bytes = 0;
    for (Path pack : packs()) {
      bytes += Files.size(pack);
    }
    return bytes;
  }

  private List<Path> packs() throws IOException {
    try (Stream<Path> files = Files.walk(s3.bucket(Rig.BUCKET).resolve("mooring/packs"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** In the packs that the newest backup has written. */
  private void flipBits(String backup) throws IOException {
    long after =
        java.time.Instant.parse(when().get("/migrations/" + backup).path("createdAt"))
            .toEpochMilli();
    for (Path pack : packs()) {
      if (Files.getLastModifiedTime(pack).toMillis() >= after && Files.size(pack) > 1 << 20) {
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.write(pack, bytes);
      }
    }
  }
}
