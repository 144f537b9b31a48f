package io.mooring.migrator;

import static io.mooring.migrator.Calls.PATIENCE;
import static io.mooring.migrator.Calls.awaitStep;
import static io.mooring.migrator.Calls.begin;
import static io.mooring.migrator.Calls.ended;
import static io.mooring.migrator.Calls.moved;
import static io.mooring.migrator.Calls.verified;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.migrator.plane.FaultyDoor;
import io.mooring.migrator.plane.FaultyDoor.Request;
import io.mooring.migrator.plane.FaultyDoor.Trouble;
import io.mooring.s3server.S3Server;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The object store fails in every way that it can while the service works with it. What it works on
 * arrives, or it says why not, and nothing half-done looks like a backup or a volume.
 */
@Tag("long")
@QuarkusTest
@QuarkusTestResource(Rig.class)
class StoreFaultsIT {

  private static final int SIZE = 40 << 20;
  private static final int CONTENT = 24 << 20;
  private static final int HEAD = 64 << 10;
  private static final Predicate<Request> ANY = _ -> true;
  private static final Predicate<Request> PUT_PACK =
      request -> request.method().equals("PUT") && request.target().contains("/packs/");
  private static final Predicate<Request> GET_PACK =
      request -> request.method().equals("GET") && request.target().contains("/packs/");

  private S3Server s3;
  private FakePlane plane;
  private FaultyDoor door;
  private Rig.Passphrase passphrase;

  @BeforeEach
  void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @AfterEach
  void makeGood() throws IOException {
    door.heal();
    passphrase.set(Rig.Passphrase.RIGHT);
  }

  @Test
  void burstsOfErrorsBrokenAnswersAndSilenceAreRiddenOut() {
    FakeVolume volume = volume("burst", 101);
    byte[] before = volume.device().content();
    door.spoil(ANY, new Trouble.Status(503, "SlowDown"), 6);
    backup("burst");
    spoilt(6);
    door.spoil(PUT_PACK, new Trouble.LostAnswer(), 2);
    ended("burst", "SUCCESSFUL");
    assertThat(door.spoilt()).isEqualTo(2);

    door.spoil(ANY, new Trouble.Status(500, "InternalError"), 4);
    restore("burst", "burst-back");
    spoilt(4);
    door.spoil(GET_PACK, new Trouble.CutAnswer(20_000), 3);
    spoilt(3);
    door.spoil(GET_PACK, new Trouble.FlippedAnswer(2000), 1);
    ended("burst-back", "SUCCESSFUL");
    assertThat(door.spoilt()).isEqualTo(1);
    assertThat(content("burst")).isEqualTo(before);
  }

  @Test
  void aSilentStoreIsAskedAgain() {
    FakeVolume volume = volume("silent", 102);
    byte[] before = volume.device().content();
    door.spoil(PUT_PACK, new Trouble.Silence(), 1);
    backup("silent");
    ended("silent", "SUCCESSFUL");
    assertThat(door.spoilt()).isEqualTo(1);
    door.spoil(GET_PACK, new Trouble.Silence(), 1);
    restore("silent", "silent-back");
    ended("silent-back", "SUCCESSFUL");
    assertThat(door.spoilt()).isEqualTo(1);
    assertThat(content("silent")).isEqualTo(before);
  }

  @Test
  void aFullStoreEndsTheBackupAndTheNextOneUsesWhatWasSent() throws IOException {
    volume("full", 103);
    int sets = plane.snapshotSets();
    long begun = Instant.now().toEpochMilli();
    backup("full");
    awaitStep("full", "UPLOAD");
    await().atMost(PATIENCE).until(() -> !packsSince(begun).isEmpty());
    door.spoil(PUT_PACK, new Trouble.Status(507, "InsufficientStorage"), Integer.MAX_VALUE);
    ended("full", "FAILED").body("reason", startsWith("MIG-003"));
    assertThat(plane.snapshotSets()).isEqualTo(sets);
    when().get("/backups").then().body("name", not(hasItem("full")));

    door.heal();
    backup("full-again");
    ended("full-again", "SUCCESSFUL");
    verified("full-again", 1).body("good", equalTo(true));
  }

  @Test
  void aStoreThatStaysAwayEndsTheBackupAndARequestSoon() {
    volume("away", 104);
    int sets = plane.snapshotSets();
    door.spoil(ANY, new Trouble.Status(503, "SlowDown"), Integer.MAX_VALUE);
    backup("away");
    when().get("/backups").then().statusCode(502).body("code", equalTo("MIG-004"));
    ended("away", "FAILED").body("reason", startsWith("MIG-004"));
    assertThat(plane.snapshotSets()).isEqualTo(sets);
  }

  @Test
  void aWrongPassphraseOpensNothingAndChangesNothing() throws IOException {
    volume("secret", 105);
    backup("secret");
    ended("secret", "SUCCESSFUL");
    plane.remove("secret-0");
    int sets = plane.snapshotSets();

    passphrase.set("not the passphrase");
    restore("secret", "secret-r1");
    ended("secret-r1", "FAILED").body("reason", startsWith("MIG-011"));
    assertThat(plane.find("secret-0")).isEmpty();
    volume("other", 106);
    backup("other");
    ended("other", "FAILED").body("reason", startsWith("MIG-011"));
    assertThat(plane.snapshotSets()).isEqualTo(sets);

    passphrase.set(Rig.Passphrase.RIGHT);
    restore("secret", "secret-r2");
    ended("secret-r2", "SUCCESSFUL");
  }

  @Test
  void aTruncatedObjectIsToldAndTheRestoreIsDoneOnceItIsWhole() throws IOException {
    damagedAndMended(
        "short", 107, bytes -> Arrays.copyOf(bytes, bytes.length / 2), "OBJECT_TRUNCATED");
  }

  @Test
  void aFlippedBitIsToldAndTheRestoreIsDoneOnceItIsMended() throws IOException {
    damagedAndMended(
        "flipped",
        108,
        bytes -> {
          byte[] flipped = bytes.clone();
          flipped[bytes.length / 2] ^= 4;
          return flipped;
        },
        "OBJECT_DAMAGED");
  }

  private void damagedAndMended(String name, int seed, UnaryOperator<byte[]> damage, String fault)
      throws IOException {
    FakeVolume volume = volume(name, seed);
    byte[] before = volume.device().content();
    long begun = Instant.now().toEpochMilli();
    backup(name);
    ended(name, "SUCCESSFUL");
    Map<Path, byte[]> whole = new LinkedHashMap<>();
    for (Path pack : packsSince(begun)) {
      whole.put(pack, Files.readAllBytes(pack));
      if (Files.size(pack) > 1 << 20) {
        Files.write(pack, damage.apply(whole.get(pack)));
      }
    }
    verified(name, 1).body("good", equalTo(false)).body("damages.fault", hasItem(fault));
    restore(name, name + "-r1");
    ended(name + "-r1", "FAILED").body("reason", startsWith("MIG-02"));
    FakeVolume half = plane.find(name + "-0").orElseThrow();
    assertThat(half.device().content()).startsWith(new byte[HEAD]);
    assertThat(half.phase()).isEqualTo("DETACHED");
    when()
        .get("/migrations/" + name + "-r1")
        .then()
        .body("volumes[0].status", equalTo("FAILED"))
        .body("volumesDone", equalTo(0));

    for (Map.Entry<Path, byte[]> pack : whole.entrySet()) {
      Files.write(pack.getKey(), pack.getValue());
    }
    begin(Map.of("name", name + "-r2", "kind", "RESTORE", "backup", name)).statusCode(201);
    ended(name + "-r2", "SUCCESSFUL");
    assertThat(content(name)).isEqualTo(before);
  }

  @Test
  void theOnlyServerIsKilledDuringUploadAndDuringFill() throws IOException {
    FakeVolume volume = volume("killed", 109);
    byte[] before = volume.device().content();
    begin(slowly(Map.of("name", "killed", "kind", "BACKUP", "group", "killed"))).statusCode(201);
    await().atMost(PATIENCE).until(() -> moved("killed") > 4 << 20);
    s3.close();
    s3.startAgain();
    ended("killed", "SUCCESSFUL");

    plane.remove("killed-0");
    begin(slowly(Map.of("name", "killed-back", "kind", "RESTORE", "backup", "killed")))
        .statusCode(201);
    await().atMost(PATIENCE).until(() -> moved("killed-back") > 4 << 20);
    assertThat(plane.find("killed-0").orElseThrow().device().content()).startsWith(new byte[HEAD]);
    s3.close();
    s3.startAgain();
    ended("killed-back", "SUCCESSFUL");
    assertThat(content("killed")).isEqualTo(before);
    verified("killed", 1).body("good", equalTo(true));
  }

  private static Map<String, Object> slowly(Map<String, Object> request) {
    Map<String, Object> slow = new LinkedHashMap<>(request);
    slow.put("bytesPerSecond", 6 << 20);
    return slow;
  }

  private static void backup(String name) {
    begin(Map.of("name", name, "kind", "BACKUP", "group", name.replaceAll("-again$", "")))
        .statusCode(201);
  }

  private void restore(String backup, String name) {
    plane.remove(backup + "-0");
    begin(Map.of("name", name, "kind", "RESTORE", "backup", backup)).statusCode(201);
  }

  private void spoilt(int requests) {
    await().atMost(PATIENCE).until(() -> door.spoilt() >= requests);
  }

  private byte[] content(String group) {
    FakeVolume volume = plane.find(group + "-0").orElseThrow();
    assertThat(volume.phase()).isEqualTo("DETACHED");
    return volume.device().content();
  }

  private FakeVolume volume(String group, int seed) {
    FakeVolume volume =
        plane.volume(group + "-0", SIZE, Map.of("repl", "2", "fs", "ext4", "group", group));
    byte[] content = new byte[CONTENT];
    new SplittableRandom(seed).nextBytes(content);
    volume.device().put(0, content);
    return volume;
  }

  private List<Path> packsSince(long epochMillis) throws IOException {
    FileTime since = FileTime.fromMillis(epochMillis);
    try (Stream<Path> files = Files.walk(s3.bucket(Rig.BUCKET).resolve("mooring/packs"))) {
      return files.filter(Files::isRegularFile).filter(file -> isSince(file, since)).toList();
    }
  }

  private static boolean isSince(Path file, FileTime since) {
    try {
      return Files.getLastModifiedTime(file).compareTo(since) >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
