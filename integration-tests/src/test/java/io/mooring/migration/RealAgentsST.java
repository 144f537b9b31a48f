package io.mooring.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents are killed while a volume is read from them and while one is filled through them, at any
 * moment. A failure names the seed that repeats its moments: {@code -Dseed=…}.
 */
@Tag("long")
@Timeout(600)
class RealAgentsST {

  private static final int SIZE = 64 << 20;
  private static final int CONTENT = 48 << 20;
  private static final int BYTES_PER_SECOND = 8 << 20;
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @TempDir private static Path folder;
  private static RealCluster cluster;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeAll
  static void startCluster() throws Exception {
    assumeTrue(RealCluster.isPackaged(), "services are not packaged");
    cluster = new RealCluster(folder);
  }

  @AfterAll
  static void stopCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @RepeatedTest(3)
  void aVolumeIsSentAndFilledAsItWasAlthoughItsAgentsAreKilled(RepetitionInfo repetition)
      throws Exception {
    SplittableRandom moments = new SplittableRandom(SEED + repetition.getCurrentRepetition());
    String name = "killed-" + repetition.getCurrentRepetition();
    byte[] content = content(moments);
    cluster.write(name, SIZE, content);

    begin(backup(name));
    String reading = midway(name, moments);
    cluster.killAgent(reading);
    assertThat(backups()).doesNotContain(name);
    cluster.startAgent(reading);
    ended(name, "SUCCESSFUL");
    assertThat(backups()).contains(name);

    cluster.rest().delete("/volumes/" + name);
    gone(name);
    begin(restore(name));
    String writing = midway(name + "-back", moments);
    cluster.killAgent(writing);
    assertInTheHandsOfTheRestore(name);
    cluster.startAgent(writing);
    endedAfterAll(name + "-back");
    assertThat(cluster.volume(name).path("phase").asText()).isEqualTo("DETACHED");
    assertThat(Arrays.equals(cluster.read(name, CONTENT), content)).as("seed %s", SEED).isTrue();
  }

  @Test
  void aFillGoesOnOnAnotherNodeIfItsAgentStaysAway() throws Exception {
    String name = "away";
    byte[] content = content(random);
    backedUpAndDeleted(name, content);
    begin(restore(name));
    String first = midway(name + "-back", random);
    cluster.killAgent(first);
    try {
      endedAfterAll(name + "-back");
      assertThat(cluster.volume(name).path("fencedNode").asText()).isEqualTo(first);
    } finally {
      cluster.startAgent(first);
    }
    assertThat(Arrays.equals(cluster.read(name, CONTENT), content)).as("seed %s", SEED).isTrue();
  }

  @Test
  void whatACancelledFillLeavesCannotBeMistakenForAVolume() throws Exception {
    String name = "given-up";
    backedUpAndDeleted(name, content(random));
    begin(restore(name));
    String writing = midway(name + "-back", random);
    cluster.killAgent(writing);
    cluster.startAgent(writing);
    cluster.migrator().post("/migrations/" + name + "-back/cancel", Map.of());
    ended(name + "-back", "FAILED");
    await()
        .atMost(RealCluster.PATIENCE)
        .until(() -> cluster.volume(name).path("phase").asText().equals("DETACHED"));
    assertThatThrownBy(() -> cluster.read(name, CONTENT)).hasMessageContaining("VOL-039");
    assertThat(cluster.volume(name).path("filling").path("whole").asBoolean(true)).isFalse();
  }

  private void backedUpAndDeleted(String name, byte[] content) throws IOException {
    cluster.write(name, SIZE, content);
    begin(Map.of("name", name, "kind", "BACKUP", "volumes", List.of(name)));
    ended(name, "SUCCESSFUL");
    cluster.rest().delete("/volumes/" + name);
    gone(name);
  }

  /** Whoever wants it now does not get it, also not where it is. */
  private static void assertInTheHandsOfTheRestore(String name) throws IOException {
    JsonNode volume = cluster.volume(name);
    assertThat(volume.path("publication").path("purpose").asText())
        .isEqualTo("restore " + name + "-back");
    Map<String, Object> attach = Map.of("node", volume.path("holder").asText());
    assertThatThrownBy(() -> cluster.rest().post("/volumes/" + name + "/publish", attach))
        .hasMessageContaining("VOL-037");
    assertThat(cluster.migration(name + "-back").path("volumesDone").asInt()).isZero();
  }

  /**
   * Waits until a random part of the content has moved.
   *
   * @return the node through which it moves
   */
  private static String midway(String migration, SplittableRandom random) {
    long bytes = random.nextLong(CONTENT / 16, CONTENT / 2);
    await().atMost(RealCluster.PATIENCE).until(() -> moved(migration) > bytes);
    Optional<String> node =
        await().atMost(RealCluster.PATIENCE).until(() -> cluster.exporting(), Optional::isPresent);
    System.out.printf(
        "[agents] %s: %s dies after %d of %d bytes, seed %d%n",
        migration, node.get(), moved(migration), CONTENT, SEED);
    return node.get();
  }

  private static long moved(String migration) {
    try {
      return cluster.migration(migration).path("movedBytes").asLong();
    } catch (IOException _) {
      return 0;
    }
  }

  private static void begin(Map<String, Object> request) throws IOException {
    cluster.migrator().post("/migrations", request);
  }

  private static Map<String, Object> backup(String name) {
    return Map.of(
        "name",
        name,
        "kind",
        "BACKUP",
        "volumes",
        List.of(name),
        "bytesPerSecond",
        BYTES_PER_SECOND);
  }

  private static Map<String, Object> restore(String name) {
    return Map.of(
        "name",
        name + "-back",
        "kind",
        "RESTORE",
        "backup",
        name,
        "bytesPerSecond",
        BYTES_PER_SECOND);
  }

  private static void ended(String migration, String status) throws IOException {
    await()
        .atMost(RealCluster.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> cluster.migration(migration).path("step").asText().equals("END"));
    JsonNode end = cluster.migration(migration);
    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo(status);
  }

  /**
   * A restore ended well, and not because its agent was killed too late. (Of a backup it cannot be
   * told: attempts are counted anew for each of its steps.)
   */
  private static void endedAfterAll(String migration) throws IOException {
    ended(migration, "SUCCESSFUL");
    JsonNode volume = cluster.migration(migration).path("volumes").path(0);
    assertThat(volume.path("attempt").asInt()).as("seed %s", SEED).isGreaterThan(1);
  }

  private static void gone(String name) {
    await()
        .atMost(RealCluster.PATIENCE)
        .until(() -> !names(cluster.rest().get("/volumes")).contains(name));
  }

  private static List<String> backups() throws IOException {
    return names(cluster.migrator().get("/backups"));
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(each -> names.add(each.path("name").asText()));
    return names;
  }

  private static byte[] content(SplittableRandom random) {
    byte[] content = new byte[CONTENT];
    random.nextBytes(content);
    return content;
  }
}
