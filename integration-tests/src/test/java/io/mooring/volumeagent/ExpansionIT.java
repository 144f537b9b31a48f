package io.mooring.volumeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolExpansion;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.Mounts;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumemanager.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A drive grows under replicas in use: the manager's decision, a real agent, a real file system.
 */
@Timeout(300)
@Tag("long")
class ExpansionIT {

  private static final long MIB = 1L << 20;
  private static final long DRIVE = 400 * MIB;
  private static final long STEP = 100 * MIB;
  private static final int KILLS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ControlPlane controlPlane;
  private RunningManager manager;
  private AgentNode node;
  private Path image;

  @BeforeEach
  void start() throws Exception {
    assumeThat(Files.isWritable(Path.of("/dev/fuse"))).as("runs as root, with FUSE").isTrue();
    controlPlane = ControlPlane.start();
    toClose.add(controlPlane);
    manager = new RunningManager(controlPlane, directory.resolve("manager"));
    toClose.add(manager);
    image = directory.resolve("drive.img");
    mountDrive(Files.createDirectories(directory.resolve("n1/pool")));
    node = new AgentNode("n1", directory.resolve("n1"), controlPlane, true);
    toClose.add(node);
    eventually(() -> assertThat(manager.knows("n1")).isTrue());
  }

  private void mountDrive(Path pool) throws IOException {
    try (BlockFile file = BlockFile.open(image, BlockFile.Access.CREATE_NEW)) {
      file.truncate(DRIVE);
    }
    try (LoopDevice loop = LoopDevice.attach(image, LoopDevice.Lifetime.AUTOCLEAR)) {
      Filesystems.format(loop.path(), FilesystemType.XFS, LIMIT);
      Mounts.mount(loop.path().toString(), pool, "xfs", Set.of(), "");
    }
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aDriveGrowsOncePerCommandUnderItsWriterWhoeverIsKilled() throws Exception {
    VolumeId volume = manager.create("data", 64 * MIB, Map.of("repl", "1"));
    node.stage(volume.value(), manager.publish(volume, "n1"));
    node.publish(volume.value());
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));
    long capacityBefore = 0;

    for (int round = 1; round <= KILLS; round++) {
      String key = "grow-" + round;
      long wanted = DRIVE + round * STEP;
      manager.expand(key, "n1", "p1", wanted);
      manager.expand(key, "n1", "p1", wanted);
      // A little later each time, so that each kill meets another step.
      Duration later = Duration.ofMillis(150L * round);
      await().pollDelay(later).until(() -> true);
      node.kill();
      manager.restart();
      manager.expand(key, "n1", "p1", wanted);
      node.restart();
      eventually(() ->
          assertThat(manager.expansionOf(key).orElseThrow().phase())
              .isEqualTo(ExpansionPhase.DONE));
      assertThat(image).hasSize(wanted);
      var done = manager.expansionOf(key).orElseThrow();
      assertThat(done.capacityNow()).isGreaterThan(Math.max(capacityBefore, done.capacityBefore()));
      capacityBefore = done.capacityNow();
    }

    int before = writer.durable();
    eventually(() -> assertThat(writer.durable()).isGreaterThan(before + 20));
    writer.stop();
    assertThat(writer.failure()).isEmpty();
    assertThatEachWasDoneOnce();
  }

  private void assertThatEachWasDoneOnce() {
    try (var expansions =
        new ControlTopicProbe<>(controlPlane, ControlTopic.POOL_EXPANSIONS, PoolExpansion.class)) {
      eventually(() -> {
        List<PoolExpansion> done =
            expansions.all(state -> state.getPhase() == ExpansionPhase.DONE).stream()
                .map(ControlTopicProbe.Seen::value)
                .toList();
        assertThat(done)
            .extracting(PoolExpansion::getIdempotencyKey)
            .containsExactly("grow-1", "grow-2", "grow-3");
      });
    }
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).ignoreExceptions().untilAsserted(assertion);
  }
}
