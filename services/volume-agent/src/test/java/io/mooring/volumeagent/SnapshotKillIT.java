package io.mooring.volumeagent;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.SnapshotSetPhase.DELETING;
import static io.mooring.schemas.SnapshotSetPhase.FAILED;
import static io.mooring.schemas.SnapshotSetPhase.HOLDING;
import static io.mooring.schemas.SnapshotSetPhase.TAKING;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.SnapshotMissed;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.TaskDone;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.schemas.WritesHeld;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumeagent.volumes.VolumeStates;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Agents that are killed while snapshots are held, taken and restored, under a writer. */
@Timeout(300)
@Tag("long")
class SnapshotKillIT {

  private static final long SIZE = 64L << 20;
  private static final int FILE_BYTES = 24 << 20;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static ControlPlane controlPlane;
  private static int tests;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final int test = ++tests;
  private final String volume = "vol-%012x".formatted(0xc00 + test);

  @BeforeAll
  static void startControlPlane() throws InterruptedException {
    assumeThat(Files.isWritable(Path.of("/dev/fuse"))).as("runs as root, with FUSE").isTrue();
    controlPlane = ControlPlane.start();
  }

  @AfterAll
  static void stopControlPlane() {
    if (controlPlane != null) {
      controlPlane.close();
    }
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void anAgentThatDiedWhileItHeldWritesSaysThatTheSnapshotIsMissed() throws Exception {
    AgentNode node = node();
    staged(node);
    StandInSets sets = closing(new StandInSets(controlPlane));
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));
    var set = sets.begin("held-" + test, HOLDING, volume, "vol-elsewhere");
    eventually(() -> assertThat(set.reports(WritesHeld.class)).hasSize(1));

    node.kill();
    set.taking(1);
    node.restart();

    eventually(() -> {
      var missed = set.reports(SnapshotMissed.class);
      assertThat(missed).hasSize(1);
      assertThat(((SnapshotMissed) missed.getFirst().getDetail()).getCode()).isEqualTo("SNP-061");
    });
    set.become(FAILED);
    awaitMore(writer, 50);
    var next = sets.begin("next-" + test, TAKING, volume);
    eventually(() -> assertThat(next.reports(SnapshotTaken.class)).hasSize(1));
    awaitMore(writer, 20);
    writer.stop();
    assertThat(writer.failure()).isEmpty();
    assertThat(set.reports(SnapshotTaken.class)).isEmpty();
    node.unpublish(volume);
    node.unstage(volume);
  }

  @Test
  void anAgentKilledWhileItTakesASnapshotLeavesNothingThatNobodyKnowsOf() throws Exception {
    AgentNode node = node();
    staged(node);
    StandInSets sets = closing(new StandInSets(controlPlane));
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));
    Random random = new Random(test);
    for (int kill = 1; kill <= 4; kill++) {
      awaitMore(writer, 20);
      var set = sets.begin("kill-" + test + "-" + kill, TAKING, volume);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(40)));
      node.kill();
      node.restart();
      eventually(() ->
          assertThat(
                  set.reports(SnapshotTaken.class).size()
                      + set.reports(SnapshotMissed.class).size())
              .isPositive());
      set.become(DELETING);
      eventually(() -> assertThat(set.reports(SnapshotRemoved.class)).isNotEmpty());
      set.tombstone();
    }
    awaitMore(writer, 20);
    writer.stop();
    assertThat(writer.failure()).isEmpty();
    // What was merged away leaves one layer, the volume itself.
    eventually(() -> assertThat(contentFiles(node)).hasSize(1));
    node.unpublish(volume);
    node.unstage(volume);
  }

  @Test
  void aRestoreWhoseAgentIsKilledIsDoneAgain() throws Exception {
    AgentNode node = node();
    StandInManager manager = staged(node);
    StandInSets sets = closing(new StandInSets(controlPlane));
    byte[] old = write(node, 1);
    var set = sets.begin("restored-" + test, TAKING, volume);
    eventually(() -> assertThat(set.reports(SnapshotTaken.class)).hasSize(1));
    set.ready(Map.of("r1", node.nodeId));
    write(node, 2);
    node.unpublish(volume);
    node.unstage(volume);

    manager.prepare(state ->
        state.setTask(
            VolumeTask.newBuilder()
                .setTaskId("task-" + test)
                .setKind(VolumeTaskKind.RESTORE)
                .setSetId(set.state().getSetId())
                .setVolumeId(volume)
                .setSnapshotId(set.snapshotOf(volume))
                .build()));
    manager.grant(node.nodeId);
    Random random = new Random(test);
    for (int kill = 1; kill <= 3; kill++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400 + random.nextInt(1200)));
      node.kill();
      node.restart();
    }
    try (var tasks =
        new ControlTopicProbe<>(controlPlane, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class)) {
      eventually(() ->
          assertThat(tasks.all(record -> record.getVolumeId().equals(volume)))
              .isNotEmpty()
              .allMatch(seen -> seen.value().getDetail() instanceof TaskDone));
    }

    manager.publish(state -> {
      state.setTask(null);
      state.setPhase(DETACHED);
      state.setHolder(null);
    });
    manager.grant(node.nodeId);
    node.stage(volume, 3);
    assertThat(Files.readAllBytes(node.stage.resolve("file"))).isEqualTo(old);
    node.unstage(volume);
  }

  private byte[] write(AgentNode node, int seed) throws IOException {
    byte[] content = new byte[FILE_BYTES];
    new Random(seed).nextBytes(content);
    Path file = node.target.resolve("file");
    Files.write(file, content);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return content;
  }

  private List<Path> contentFiles(AgentNode node) throws IOException {
    try (Stream<Path> files = Files.list(node.replica(volume, "r1"))) {
      return files
          .filter(file ->
              file.getFileName().toString().equals("data")
                  || file.getFileName().toString().startsWith("layer-"))
          .toList();
    }
  }

  private AgentNode node() throws IOException {
    return closing(new AgentNode(volume + "-node", directory.resolve("node"), controlPlane));
  }

  private StandInManager staged(AgentNode node) throws Exception {
    StandInManager manager =
        closing(
            new StandInManager(
                controlPlane,
                VolumeStates.volume(
                    volume,
                    DETACHED,
                    0,
                    0,
                    SIZE,
                    List.of(VolumeStates.replica("r1", node.nodeId, IN_SYNC)))));
    manager.publish(state -> {});
    eventually(() -> assertThat(node.replica(volume, "r1")).isDirectory());
    manager.grant(node.nodeId);
    node.stage(volume, 1);
    node.publish(volume);
    return manager;
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    toClose.add(closeable);
    return closeable;
  }

  private static void awaitMore(StampWriter writer, int count) {
    int before = writer.durable();
    eventually(() -> {
      assertThat(writer.failure()).isEmpty();
      assertThat(writer.durable()).isGreaterThanOrEqualTo(before + count);
    });
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).untilAsserted(assertion);
  }
}
