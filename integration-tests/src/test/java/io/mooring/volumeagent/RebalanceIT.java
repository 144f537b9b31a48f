package io.mooring.volumeagent;

import static io.mooring.volumeagent.StorageBed.MIB;
import static io.mooring.volumeagent.StorageBed.awaitMore;
import static io.mooring.volumeagent.StorageBed.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import io.mooring.volumemanager.volume.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private static final long SIZE = 64 * MIB;
  private static final int VOLUMES = 4;
  private static final int REPL = 2;

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
  void volumesPinnedOnOneNodeAreSpreadWhileTheyAreWrittenTo() throws Exception {
    List<AgentNode> nodes = new ArrayList<>(List.of(bed.node("n1"), bed.node("n2")));
    List<VolumeId> volumes = new ArrayList<>();
    for (int i = 0; i < VOLUMES; i++) {
      volumes.add(manager.create("data-" + i, SIZE, Map.of("repl", Integer.toString(REPL))));
    }
    // Everything lies on the first two; one volume is written to from each of four.
    nodes.add(bed.node("n3"));
    nodes.add(bed.node("n4"));
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
    var states = bed.probe(ControlTopic.VOLUMES, VolumeState.class);
    List<VolumeState> seen = new ArrayList<>();
    eventually(() -> {
      int before = seen.size();
      seen.clear();
      seen.addAll(states.values(state -> true));
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

  private List<String> nodesOf(List<VolumeId> volumes) {
    return volumes.stream().flatMap(volume -> manager.nodesOf(volume).stream()).toList();
  }
}
