package io.mooring.volumeagent;

import static io.mooring.volumeagent.StorageBed.MIB;
import static io.mooring.volumeagent.StorageBed.awaitMore;
import static io.mooring.volumeagent.StorageBed.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolExpansion;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.volumemanager.volume.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  private static final long DRIVE = 400 * MIB;
  private static final long DRIVE_MAX = 1024 * MIB;
  private static final long STEP = 100 * MIB;
  private static final int KILLS = 3;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private StorageBed bed;
  private RunningManager manager;

  @BeforeEach
  void start() throws InterruptedException {
    bed = StorageBed.start(directory);
    manager = bed.manager();
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    bed.close();
  }

  @Test
  void aDriveGrowsOncePerCommandUnderItsWriterWhoeverIsKilled() throws Exception {
    AgentNode node = bed.nodeOnDrive("n1", FilesystemType.XFS, DRIVE, DRIVE_MAX);
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
      assertThat(bed.drive("n1")).hasSize(wanted);
      var done = manager.expansionOf(key).orElseThrow();
      assertThat(done.capacityNow()).isGreaterThan(Math.max(capacityBefore, done.capacityBefore()));
      capacityBefore = done.capacityNow();
    }

    awaitMore(List.of(writer));
    writer.stop();
    assertThat(writer.failure()).isEmpty();
    assertThatEachWasDoneOnce();
  }

  private void assertThatEachWasDoneOnce() {
    var expansions = bed.probe(ControlTopic.POOL_EXPANSIONS, PoolExpansion.class);
    eventually(() -> {
      List<PoolExpansion> done =
          expansions.values(state -> state.getPhase() == ExpansionPhase.DONE);
      assertThat(done)
          .extracting(PoolExpansion::getIdempotencyKey)
          .containsExactly("grow-1", "grow-2", "grow-3");
    });
  }
}
