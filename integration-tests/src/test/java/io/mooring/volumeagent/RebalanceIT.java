package io.mooring.volumeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumemanager.volume.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Replicas on the move under their writers: the manager's decisions, real agents, real disks. */
@Timeout(300)
@Tag("long")
class RebalanceIT {

  private static final long SIZE = 64L << 20;
  private static final int VOLUMES = 4;
  private static final int REPL = 2;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ControlPlane controlPlane;
  private RunningManager manager;

  @BeforeEach
  void start() throws InterruptedException {
    assumeThat(Files.isWritable(Path.of("/dev/fuse"))).as("runs as root, with FUSE").isTrue();
    controlPlane = ControlPlane.start();
    toClose.add(controlPlane);
    manager = new RunningManager(controlPlane, directory.resolve("manager"));
    toClose.add(manager);
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void volumesPinnedOnOneNodeAreSpreadWhileTheyAreWrittenTo() throws Exception {
    List<AgentNode> nodes = new ArrayList<>(List.of(node("n1"), node("n2")));
    List<VolumeId> volumes = new ArrayList<>();
    for (int i = 0; i < VOLUMES; i++) {
      volumes.add(manager.create("data-" + i, SIZE, Map.of("repl", Integer.toString(REPL))));
    }
    // Everything lies on the first two; one volume is written to from each of four.
    nodes.add(node("n3"));
    nodes.add(node("n4"));
    List<StampWriter> writers = new ArrayList<>();
    for (int i = 0; i < VOLUMES; i++) {
      AgentNode node = nodes.get(i);
      String volume = volumes.get(i).value();
      node.stage(volume, manager.publish(volumes.get(i), node.nodeId));
      node.publish(volume);
      writers.add(new StampWriter(node.target.resolve("stamps")));
    }
    awaitMore(writers);

    manager.rebalance("trial", 1, true);
    eventually(() -> {
      var trial = manager.rebalanceOf("trial").orElseThrow();
      assertThat(trial.phase()).isEqualTo(RebalancePhase.DONE);
      assertThat(trial.moves())
          .hasSize(VOLUMES)
          .allMatch(move -> move.phase() == ReplicaMovePhase.PLANNED);
    });
    assertThat(nodesOf(volumes)).doesNotContain("n3", "n4");

    manager.rebalance("real", 1, false);
    eventually(() ->
        assertThat(manager.rebalanceOf("real").orElseThrow().phase())
            .isIn(RebalancePhase.RUNNING, RebalancePhase.DONE));
    manager.restart();
    eventually(() ->
        assertThat(manager.rebalanceOf("real").orElseThrow().phase())
            .isEqualTo(RebalancePhase.DONE));

    var done = manager.rebalanceOf("real").orElseThrow();
    assertThat(done.moves()).hasSize(VOLUMES).allMatch(m -> m.phase() == ReplicaMovePhase.DONE);
    assertThat(done.deviationAfter()).isLessThan(1).isLessThan(done.deviationBefore());
    awaitMore(writers);
    eventually(() ->
        assertThat(nodesOf(volumes))
            .containsExactlyInAnyOrder("n1", "n1", "n2", "n2", "n3", "n3", "n4", "n4"));
    for (int i = 0; i < VOLUMES; i++) {
      writers.get(i).stop();
      assertThat(writers.get(i).failure()).isEmpty();
      assertDataIsOnEveryReplica(nodes, nodes.get(i), volumes.get(i), writers.get(i).durable());
    }
    assertThatNoStateHadTooFewReplicas();
  }

  /** Attaches the volume where each of its replicas lies, and reads all of it there. */
  private void assertDataIsOnEveryReplica(
      List<AgentNode> nodes, AgentNode writer, VolumeId volume, int stamps) throws IOException {
    writer.unpublish(volume.value());
    writer.unstage(volume.value());
    eventually(() -> manager.unpublish(volume, writer.nodeId));
    for (String held : manager.nodesOf(volume)) {
      AgentNode node =
          nodes.stream().filter(other -> other.nodeId.equals(held)).findFirst().orElseThrow();
      Path stage = directory.resolve("check-" + volume + "-" + held);
      long epoch = manager.publish(volume, held);
      node.stage(volume.value(), epoch, stage);
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(stage.resolve("stamps")));
      assertThat(bytes.remaining()).isGreaterThanOrEqualTo(stamps * Integer.BYTES);
      for (int i = 0; i < stamps; i++) {
        assertThat(bytes.getInt()).isEqualTo(i);
      }
      node.unstage(volume.value(), stage);
      eventually(() -> manager.unpublish(volume, held));
    }
  }

  private void assertThatNoStateHadTooFewReplicas() {
    try (var states =
        new ControlTopicProbe<>(controlPlane, ControlTopic.VOLUMES, VolumeState.class)) {
      List<VolumeState> seen = new ArrayList<>();
      eventually(() -> {
        int before = seen.size();
        seen.clear();
        states.all(state -> true).forEach(state -> seen.add(state.value()));
        assertThat(seen).isNotEmpty().hasSize(before);
      });
      assertThat(seen)
          .allSatisfy(state -> {
            assertThat(state.getReplicas().stream().filter(r -> r.getRole() == ReplicaRole.IN_SYNC))
                .as("%s", state)
                .hasSizeGreaterThanOrEqualTo(REPL);
            assertThat(state.getReplicas().stream().map(replica -> replica.getNodeId()))
                .doesNotHaveDuplicates();
            assertThat(state.getPhase()).isNotEqualTo(VolumePhase.FENCING);
          });
    }
  }

  private AgentNode node(String nodeId) throws IOException {
    AgentNode node = new AgentNode(nodeId, directory.resolve(nodeId), controlPlane);
    toClose.add(node);
    eventually(() -> assertThat(manager.knows(nodeId)).isTrue());
    return node;
  }

  private List<String> nodesOf(List<VolumeId> volumes) {
    return volumes.stream().flatMap(volume -> manager.nodesOf(volume).stream()).toList();
  }

  private static void awaitMore(List<StampWriter> writers) {
    for (StampWriter writer : writers) {
      int before = writer.durable();
      eventually(() -> {
        assertThat(writer.failure()).isEmpty();
        assertThat(writer.durable()).isGreaterThan(before + 20);
      });
    }
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(LIMIT).ignoreExceptions().untilAsserted(assertion);
  }
}
