package io.mooring.volumeagent;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.VolumePhase.DELETING;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.FileSystem;
import io.mooring.schemas.HeadAttached;
import io.mooring.schemas.HeadDetached;
import io.mooring.schemas.HeadFenced;
import io.mooring.schemas.HeadServing;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.ReplicaCaughtUp;
import io.mooring.schemas.ReplicaFenced;
import io.mooring.schemas.ReplicaLost;
import io.mooring.schemas.ReplicaRemoved;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.ReplicaUnusable;
import io.mooring.schemas.VolumeGrown;
import io.mooring.schemas.VolumeMounted;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeUsage;
import io.mooring.storage.linux.Mounts;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumeagent.volumes.VolumeStates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Volumes from their first state to their last, with real agents, a real Kafka, devices, file
 * systems and kills.
 */
@Timeout(300)
class VolumeLifeIT {

  private static final long SIZE = 64L << 20;
  private static final long XFS_SIZE = 320L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private static ControlPlane controlPlane;
  private static int tests;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final String volume = "vol-%012x".formatted(++tests);

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
  void aVolumeLivesFromItsFirstStateToItsTombstone() throws Exception {
    AgentNode node = node("life");
    StandInManager manager = manager(node);
    manager.publish(state -> {});
    eventually(() -> assertThat(node.replica(volume, "r1")).isDirectory());

    EventHeaders granted = manager.grant(node.nodeId);
    node.stage(volume, 1);
    node.publish(volume);
    Files.writeString(node.target.resolve("log"), "acknowledged");

    eventually(() -> assertReported(manager, VolumeMounted.class));
    assertReported(manager, HeadServing.class);
    var attached = assertReported(manager, HeadAttached.class);
    assertThat(attached.headers().orElseThrow().correlationId()).isEqualTo(granted.correlationId());
    assertThat(attached.headers().orElseThrow().causationId()).isEqualTo(granted.id());
    assertThat(attached.value().getEpoch()).isEqualTo(1);
    assertThat(Mounts.at(node.stage).orElseThrow().type()).isEqualTo("ext4");
    assertUsageIsTold(node);

    node.unpublish(volume);
    node.unstage(volume);
    eventually(() -> assertReported(manager, HeadDetached.class));
    assertThat(Mounts.at(node.stage)).isEmpty();

    manager.grant(node.nodeId);
    node.stage(volume, 2);
    assertThat(Files.readString(node.stage.resolve("log"))).isEqualTo("acknowledged");
    node.unstage(volume);

    manager.publish(state -> {
      state.setPhase(DELETING);
      state.setHolder(null);
    });
    eventually(() -> assertReported(manager, ReplicaRemoved.class));
    assertThat(node.replica(volume, "r1")).doesNotExist();
    manager.tombstone();
  }

  @Test
  void aKilledAgentCostsAPauseAndNoError() throws Exception {
    AgentNode node = node("killed");
    StandInManager manager = staged(node);
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));

    for (int kill = 1; kill <= 3; kill++) {
      awaitMore(writer, 50);
      node.kill();
      node.restart();
    }
    awaitMore(writer, 50);
    writer.stop();

    assertThat(writer.failure()).isEmpty();
    node.unpublish(volume);
    node.unstage(volume);
    eventually(() -> assertReported(manager, HeadDetached.class));
    node.stage(volume, 1);
    assertHolds(node.stage.resolve("stamps"), writer.durable());
    node.unstage(volume);
  }

  @Test
  void anAgentWithoutControlTopicsResumesWhatWasAttached() throws Exception {
    AgentNode node = node("run-flat");
    staged(node);
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));
    awaitMore(writer, 20);

    node.kill();
    node.cutOff();
    node.restart();
    awaitMore(writer, 50);
    writer.stop();

    assertThat(writer.failure()).isEmpty();
  }

  @Test
  void aFencedVolumeIsTakenAwayFromItsUsersAndTheOldEpochIsRefused() throws Exception {
    AgentNode node = node("fenced");
    StandInManager manager = staged(node);
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));
    awaitMore(writer, 20);

    EventHeaders fencing = manager.fence();

    eventually(() -> assertReported(manager, HeadFenced.class));
    var promise = assertReported(manager, ReplicaFenced.class);
    assertThat(((ReplicaFenced) promise.value().getDetail()).getPromisedEpoch()).isEqualTo(2);
    assertThat(promise.headers().orElseThrow().correlationId()).isEqualTo(fencing.correlationId());
    eventually(() -> assertThat(writer.failure()).isPresent());
    writer.stop();
    eventually(() -> assertThat(Mounts.at(node.target)).isEmpty());
    assertThat(Mounts.at(node.stage)).isEmpty();
    assertThatThrownBy(() -> node.stage(volume, 1))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).startsWith("CSI-025");
            });

    manager.publish(state -> state.setPhase(DETACHED));
    manager.grant(node.nodeId);
    node.stage(volume, 3);
    assertHolds(node.stage.resolve("stamps"), writer.durable());
    node.unstage(volume);
  }

  @Test
  void aReplicaThatComesBackIsResyncedAndReported() throws Exception {
    AgentNode head = node("head");
    AgentNode other = node("other");
    StandInManager manager = manager(head, other);
    manager.publish(state -> {});
    eventually(() -> assertThat(other.replica(volume, "r2")).isDirectory());
    manager.grant(head.nodeId);
    head.stage(volume, 1);
    head.publish(volume);
    StampWriter writer = new StampWriter(head.target.resolve("stamps"));
    awaitMore(writer, 20);

    other.kill();
    eventually(() -> {
      manager.answerReports();
      assertReported(manager, ReplicaLost.class);
    });
    int before = writer.durable();
    eventually(() -> {
      manager.answerReports();
      assertThat(writer.durable()).isGreaterThan(before + 20);
    });
    other.restart();
    eventually(() -> {
      manager.answerReports();
      assertReported(manager, ReplicaCaughtUp.class);
      assertThat(manager.state().getReplicas()).allMatch(replica -> replica.getRole() == IN_SYNC);
    });
    writer.stop();

    assertThat(writer.failure()).isEmpty();
    assertThat(manager.reports(ReplicaUnusable.class)).isEmpty();
    head.unpublish(volume);
    head.unstage(volume);
  }

  @Test
  void aVolumeGrowsUnderItsUsers() throws Exception {
    AgentNode node = node("grows");
    StandInManager manager = manager(node);
    manager.publish(state -> {
      state.setSizeBytes(XFS_SIZE);
      state.getSpec().setFs(FileSystem.XFS);
    });
    manager.grant(node.nodeId);
    node.stage(volume, 1);
    node.publish(volume);
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));

    manager.publish(state -> state.setSizeBytes(2 * XFS_SIZE));

    eventually(() -> {
      var grown = (VolumeGrown) assertReported(manager, VolumeGrown.class).value().getDetail();
      assertThat(grown.getSizeBytes()).isEqualTo(2 * XFS_SIZE);
      assertThat(grown.getFsBytes()).isBetween(3 * XFS_SIZE / 2, 2 * XFS_SIZE);
    });
    awaitMore(writer, 20);
    writer.stop();
    assertThat(writer.failure()).isEmpty();
    assertThat(node.replica(volume, "r1").resolve("data")).hasSize(2 * XFS_SIZE);
  }

  @Test
  void whatTheMachineLostIsClosedWhenItIsUnstaged() throws Exception {
    AgentNode node = node("rebooted");
    StandInManager manager = staged(node);
    StampWriter writer = new StampWriter(node.target.resolve("stamps"));
    awaitMore(writer, 20);
    writer.stop();
    node.reboot();
    node.restart();

    node.unpublish(volume);
    node.unstage(volume);

    eventually(() -> assertReported(manager, HeadDetached.class));
    node.stage(volume, 1);
    assertHolds(node.stage.resolve("stamps"), writer.durable());
    node.unstage(volume);
  }

  @Test
  void missingFilesOfAReplicaThatHasHeldDataAreReportedAndNotReplaced() throws Exception {
    AgentNode node = node("missing");
    StandInManager manager = manager(node);
    manager.publish(state -> state.setEpoch(3L));

    eventually(() -> {
      var report = assertReported(manager, ReplicaUnusable.class);
      assertThat(((ReplicaUnusable) report.value().getDetail()).getCode()).isEqualTo("VOL-060");
    });
    assertThat(node.replica(volume, "r1")).doesNotExist();
  }

  private AgentNode node(String name) throws IOException {
    AgentNode node = new AgentNode(volume + "-" + name, directory.resolve(name), controlPlane);
    toClose.add(node);
    try (var nodes =
        new ControlTopicProbe<>(controlPlane, ControlTopic.NODES, NodeDescriptor.class)) {
      eventually(
          () -> assertThat(nodes.all(seen -> seen.getNodeId().equals(node.nodeId))).isNotEmpty());
    }
    return node;
  }

  private StandInManager manager(AgentNode... nodes) {
    var replicas = new ArrayList<ReplicaState>();
    for (AgentNode node : nodes) {
      replicas.add(VolumeStates.replica("r" + (replicas.size() + 1), node.nodeId, IN_SYNC));
    }
    StandInManager manager =
        new StandInManager(
            controlPlane, VolumeStates.volume(volume, DETACHED, 0, 0, SIZE, replicas));
    toClose.add(manager);
    return manager;
  }

  private StandInManager staged(AgentNode node) throws Exception {
    StandInManager manager = manager(node);
    manager.publish(state -> {});
    manager.grant(node.nodeId);
    node.stage(volume, 1);
    node.publish(volume);
    return manager;
  }

  private <T extends SpecificRecord> ControlTopicProbe.Seen<VolumeReport> assertReported(
      StandInManager manager, Class<T> detail) {
    var reports = manager.reports(detail);
    assertThat(reports).as("reports of %s", detail.getSimpleName()).isNotEmpty();
    return reports.getFirst();
  }

  private void assertUsageIsTold(AgentNode node) {
    try (var usage =
        new ControlTopicProbe<>(controlPlane, ControlTopic.VOLUME_USAGE, VolumeUsage.class)) {
      eventually(() ->
          assertThat(usage.all(seen -> seen.getVolumeId().equals(volume)))
              .anySatisfy(seen -> {
                assertThat(seen.value().getNodeId()).isEqualTo(node.nodeId);
                assertThat(seen.value().getCapacityBytes()).isEqualTo(SIZE);
                assertThat(seen.value().getFsSizeBytes()).isBetween(SIZE / 2, SIZE);
                assertThat(seen.value().getFsUsedBytes()).isPositive();
                assertThat(seen.value().getInodesTotal()).isPositive();
                assertThat(seen.value().getAllocatedBytes()).isPositive();
              }));
    }
  }

  private static void awaitMore(StampWriter writer, int count) {
    int before = writer.durable();
    eventually(() -> {
      assertThat(writer.failure()).isEmpty();
      assertThat(writer.durable()).isGreaterThanOrEqualTo(before + count);
    });
  }

  private static void assertHolds(Path file, int stamps) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    assertThat(bytes.remaining()).isGreaterThanOrEqualTo(stamps * Integer.BYTES);
    for (int i = 0; i < stamps; i++) {
      assertThat(bytes.getInt()).isEqualTo(i);
    }
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).untilAsserted(assertion);
  }
}
