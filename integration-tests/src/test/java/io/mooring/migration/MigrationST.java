package io.mooring.migration;

import static org.assertj.core.api.Assertions.assertThat;
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

/**
 * Two clusters with a control plane each, one bucket, and migrators as processes that are killed in
 * the middle of their work.
 */
@Tag("long")
class MigrationST {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int SIZE = 64 << 20;
  private static final int CONTENT = 40 << 20;

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private ControlPlane east;
  private ControlPlane west;
  private FakePlane source;
  private FakePlane target;
  private S3Server s3;

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
  }

  @AfterEach
  void stopAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void aMigrationArrivesAlthoughMigratorsAreKilledAndTheNextOneMovesTheDifference()
      throws Exception {
    List<FakeVolume> volumes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      volumes.add(volume("data-" + i, i));
    }
    source.orchestrator().put("StatefulSet/kafka/broker", "{\"replicas\":3}");
    List<Integer> ports = FreePorts.find(3);
    MigratorProcess first = started("east-1", ports.get(0), east, source);
    MigratorProcess second = started("east-2", ports.get(1), east, source);
    MigratorProcess other = started("west-1", ports.get(2), west, target);
    await().atMost(PATIENCE).until(() -> first.isReady() && second.isReady() && other.isReady());
    first.rest().put("/pairs/west", Map.of("targetUrl", other.url().toString()));
    await()
        .atMost(PATIENCE)
        .until(() ->
            second.rest().get("/pairs").path(0).path("storageStatus").asText().equals("READY"));

    begin(second, "move-1", 8 << 20);
    // The first instance joined first: it decides, and has tasks of its own.
    await().atMost(PATIENCE).until(() -> moved(second, "move-1") > 20 << 20);
    first.kill();
    await().atMost(PATIENCE).until(() -> isAt(second, "move-1", "HANDOVER"));
    await().atMost(PATIENCE).until(() -> moved(other, "move-1") > 10 << 20);
    other.kill();
    MigratorProcess again = started("west-2", ports.get(2), west, target);
    ended(second, "move-1");
    assertArrived(volumes);
    assertThat(target.orchestrator().objects().get("StatefulSet/kafka/broker").started()).isFalse();
    assertThat(source.snapshotSets()).isEqualTo(1);

    byte[] change = new byte[1 << 20];
    new SplittableRandom(77).nextBytes(change);
    volumes.getFirst().device().put(20 << 20, change);
    begin(second, "move-2", 0);
    ended(second, "move-2");
    assertArrived(volumes);
    assertThat(second.migration("move-2").path("base").asText()).isEqualTo("move-1");
    assertThat(again.migration("move-2").path("movedBytes").asLong()).isBetween(1L << 20, 3L << 20);
    assertThat(source.snapshotSets()).isEqualTo(1);
  }

  private void assertArrived(List<FakeVolume> volumes) {
    for (FakeVolume volume : volumes) {
      FakeVolume arrived = target.find(volume.name()).orElseThrow();
      assertThat(arrived.device().content()).isEqualTo(volume.device().content());
      assertThat(arrived.phase()).isEqualTo("DETACHED");
      assertThat(arrived.parameters()).containsAllEntriesOf(volume.parameters());
    }
  }

  private MigratorProcess started(String name, int port, ControlPlane control, FakePlane plane)
      throws IOException {
    return opened(MigratorProcess.start(name, port, control, plane, s3, folder));
  }

  private static void begin(MigratorProcess migrator, String name, int bytesPerSecond)
      throws IOException {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("name", name);
    request.put("kind", "MIGRATION");
    request.put("pair", "west");
    request.put("group", "kafka");
    request.put("namespace", "kafka");
    request.put("keepSnapshots", true);
    request.put("replace", true);
    request.put("bytesPerSecond", bytesPerSecond);
    migrator.rest().post("/migrations", request);
  }

  private static long moved(MigratorProcess migrator, String name) throws IOException {
    try {
      return migrator.migration(name).path("movedBytes").asLong();
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean isAt(MigratorProcess migrator, String name, String step)
      throws IOException {
    JsonNode migration = migrator.migration(name);
    System.out.printf(
        "[migration] %s %s %s%n", name, migration.path("step"), migration.path("movedBytes"));
    assertThat(migration.path("reason").asText()).isEmpty();
    return migration.path("step").asText().equals(step);
  }

  private static void ended(MigratorProcess migrator, String name) {
    await().atMost(PATIENCE).until(() -> isAt(migrator, name, "END"));
  }

  private FakeVolume volume(String name, int seed) {
    FakeVolume volume =
        source.volume(
            name,
            SIZE,
            Map.of(
                "repl",
                "2",
                "io_profile",
                "db_remote",
                "fs",
                "xfs",
                "priority_io",
                "high",
                "group",
                "kafka",
                "fg",
                "true"));
    byte[] content = new byte[CONTENT];
    new SplittableRandom(seed).nextBytes(content);
    volume.device().put(0, content);
    return volume;
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.add(each);
    return each;
  }
}
