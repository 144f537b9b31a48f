package io.mooring.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.migrator.plane.NodeRegistration;
import io.mooring.s3server.S3Server;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters whose application moves from one to the other and back, by a schedule's name. */
@Tag("long")
class ApplicationFailoverST {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int SIZE = 32 << 20;
  private static final String TOKEN = "a secret between the sides";

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Integer> ports = FreePorts.find(3);
  private ControlPlane east;
  private ControlPlane west;
  private FakePlane source;
  private FakePlane target;
  private S3Server s3;
  private MigratorProcess here;
  private MigratorProcess there;
  private FakeVolume volume;

  @BeforeEach
  void startClusters() throws Exception {
    assumeTrue(MigratorProcess.isBuilt(), "services/migrator is not packaged");
    s3 = opened(S3Server.start(folder));
    s3.bucket("migration");
    east = opened(ControlPlane.start());
    west = opened(ControlPlane.start());
    source = opened(new FakePlane());
    target = opened(new FakePlane());
    NodeRegistration.register(east, source.nodes());
    NodeRegistration.register(west, target.nodes());
    target.orchestrator().scale(0);
    volume = source.volume("data-0", SIZE, Map.of("repl", "2", "fs", "xfs", "group", "kafka"));
    change(volume, 1, 0);
    volume.attach("n1");
    source.orchestrator().put("StatefulSet/kafka/broker", "{\"replicas\":3}");
    here = started("east", ports.get(0), east, source);
    there = started("west", ports.get(1), west, target);
    await().atMost(PATIENCE).until(() -> here.isReady() && there.isReady());
    pair(here, "west", there, TOKEN);
    pair(there, "west", here, TOKEN);
    put("PT24H");
    // The first one begins at once.
    last("SUCCESSFUL");
  }

  @AfterEach
  void stopAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void theApplicationMovesWithItsLastBytesAndMovesBackAlthoughTheMigratorIsKilled()
      throws Exception {
    change(volume, 2, 8 << 20);
    String first = schedule().path("last").asText();
    String failover = moved(here, "failover", Map.of());
    await().atMost(PATIENCE).until(() -> !step(here, failover).equals("STOP"));
    here.kill();
    here = started("east-again", ports.get(0), east, source);
    ended(here, failover, "SUCCESSFUL");

    FakeVolume arrived = target.find("data-0").orElseThrow();
    assertThat(arrived.device().content()).isEqualTo(volume.device().content());
    assertThat(source.orchestrator().isActive()).isFalse();
    assertThat(target.orchestrator().isActive()).isTrue();
    assertThat(here.migration(failover).path("base").asText()).startsWith("nightly-");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(schedule().path("reason").asText()).startsWith("MIG-118"));

    change(arrived, 3, 16 << 20);
    String failback = moved(here, "failback", Map.of());
    ended(there, failback, "SUCCESSFUL");
    assertThat(volume.device().content()).isEqualTo(arrived.device().content());
    assertThat(source.orchestrator().isActive()).isTrue();
    assertThat(target.orchestrator().isActive()).isFalse();

    change(volume, 4, 0);
    here.rest().post("/schedules/nightly/resume", Map.of());
    put("PT23H");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(arrived.device().content()).isEqualTo(volume.device().content()));
    assertForgotten(first);
  }

  /** A later success has taken its place, on both sides and in the store. */
  private void assertForgotten(String name) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(step(here, name)).isEmpty();
          assertThat(step(there, name)).isEmpty();
          assertThat(here.rest().get("/backups").toString()).doesNotContain(name);
        });
  }

  @Test
  void aTargetThatDoesNotStartGivesTheApplicationBack() throws Exception {
    target.orchestrator().refuseToRun(true);
    String failover = moved(here, "failover", Map.of());
    ended(here, failover, "FAILED");
    assertThat(here.migration(failover).path("reason").asText()).startsWith("MIG-115");
    assertThat(here.migration(failover).path("leftBehind").asText()).isEmpty();
    assertThat(source.orchestrator().isActive()).isTrue();
    assertThat(target.orchestrator().isActive()).isFalse();
    assertThat(schedule().path("suspended").asBoolean()).isFalse();
  }

  @Test
  void withoutTheSourceWhatWasRestoredLastIsStarted() throws Exception {
    byte[] restored = volume.device().content();
    here.kill();
    String failover = moved(there, "failover", Map.of("skipSourceOperations", true));
    ended(there, failover, "SUCCESSFUL");
    assertThat(target.orchestrator().isActive()).isTrue();
    assertThat(target.find("data-0").orElseThrow().device().content()).isEqualTo(restored);
    assertThat(source.orchestrator().isActive()).isTrue();

    // The source comes back, and finds that its schedule must not overwrite what runs there.
    here = started("east-again", ports.get(0), east, source);
    await().atMost(PATIENCE).until(here::isReady);
    put("PT23H");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(schedule().path("reason").asText()).startsWith("MIG-121"));
  }

  @Test
  void aStandbyIsBackedUpAlthoughTheKafkaOfItsVolumesHasNeverRunThere() throws Exception {
    there
        .rest()
        .post(
            "/migrations", Map.of("name", "copy", "kind", "BACKUP", "volumes", List.of("data-0")));
    ended(there, "copy", "SUCCESSFUL");
    assertThatThrownBy(() -> there.rest().get("/backups/copy/kafka"))
        .hasMessageContaining("MIG-082");
  }

  @Test
  void whoeverCancelsAMigrationCancelsTheRestoreOfTheOtherSide() throws Exception {
    target.orchestrator().scale(0);
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("name", "slow");
    request.put("kind", "MIGRATION");
    request.put("pair", "west");
    request.put("volumes", List.of("slow-0"));
    request.put("bytesPerSecond", 2 << 20);
    FakeVolume slow = source.volume("slow-0", SIZE, Map.of("repl", "2", "fs", "xfs"));
    change(slow, 9, 0);
    change(slow, 10, 8 << 20);
    change(slow, 11, 16 << 20);
    here.rest().post("/migrations", request);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> there.migration("slow").path("movedBytes").asLong() > 0);
    here.rest().post("/migrations/slow/cancel", Map.of());
    ended(here, "slow", "FAILED");
    assertThat(there.migration("slow").path("status").asText()).isEqualTo("FAILED");
    assertThat(there.migration("slow").path("reason").asText()).startsWith("MIG-053");
    assertThat(target.find("slow-0").orElseThrow().phase()).isEqualTo("DETACHED");
  }

  @Test
  void aWrongTokenIsToldAndMovesNothing() throws Exception {
    pair(here, "west", there, "not the secret");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          JsonNode pair = here.rest().get("/pairs/west");
          assertThat(pair.path("storageStatus").asText()).isEqualTo("ERROR");
          assertThat(pair.path("reason").asText()).contains("MIG-122");
          assertThat(pair.toString()).doesNotContain("secret\"");
        });
    assertThatThrownBy(() -> there.rest().post("/applications/stop?namespace=kafka", Map.of()))
        .hasMessageContaining("MIG-122");
    assertThatThrownBy(() ->
            there
                .rest()
                .post("/migrations", Map.of("name", "r-1", "kind", "RESTORE", "backup", "b-1")))
        .hasMessageContaining("MIG-122");
    for (String log : List.of("east", "west")) {
      assertThat(Files.readString(folder.resolve(log + ".log")))
          .doesNotContain(TOKEN)
          .doesNotContain("not the secret");
    }
  }

  private void put(String every) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("pair", "west");
    request.put("group", "kafka");
    request.put("namespace", "kafka");
    request.put("when", Map.of("every", every));
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> here.rest().put("/schedules/nightly", request) != null);
  }

  private JsonNode schedule() throws IOException {
    return here.rest().get("/schedules/nightly");
  }

  private void last(String status) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(schedule().path("lastStatus").asText()).isEqualTo(status));
  }

  /** Name of the migration. */
  private static String moved(MigratorProcess migrator, String what, Map<String, Object> move)
      throws IOException {
    return migrator.rest(TOKEN).post("/schedules/nightly/" + what, move).path("name").asText();
  }

  private static String step(MigratorProcess migrator, String name) {
    try {
      return migrator.migration(name).path("step").asText();
    } catch (IOException e) {
      return "";
    }
  }

  private static void ended(MigratorProcess migrator, String name, String status)
      throws IOException {
    await().atMost(PATIENCE).until(() -> step(migrator, name).equals("END"));
    JsonNode migration = migrator.migration(name);
    assertThat(migration.path("status").asText())
        .as(migration.path("reason").asText())
        .isEqualTo(status);
  }

  private static void pair(
      MigratorProcess migrator, String name, MigratorProcess other, String token)
      throws IOException {
    migrator
        .rest()
        .put("/pairs/" + name, Map.of("targetUrl", other.url().toString(), "token", token));
  }

  private MigratorProcess started(String name, int port, ControlPlane control, FakePlane plane)
      throws IOException {
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("mooring.migrator.pair-token-file", token.toString());
    settings.put("mooring.migrator.application.patience", "10s");
    if (plane == target) {
      // As on every target: the Kafka that it is to ask comes with the application.
      settings.put(
          "mooring.migrator.application.kafka-bootstrap-servers", "127.0.0.1:" + ports.get(2));
    }
    return opened(
        MigratorProcess.start(
            new MigratorProcess.Instance(name, port, control, plane), s3, folder, settings));
  }

  private static byte[] change(FakeVolume volume, int seed, int at) {
    byte[] content = new byte[6 << 20];
    new SplittableRandom(seed).nextBytes(content);
    volume.device().put(at, content);
    return content;
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.add(each);
    return each;
  }
}
