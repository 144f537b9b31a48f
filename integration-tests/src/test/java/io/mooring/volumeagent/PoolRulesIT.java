package io.mooring.volumeagent;

import static io.mooring.volumeagent.StorageBed.MIB;
import static io.mooring.volumeagent.StorageBed.awaitMore;
import static io.mooring.volumeagent.StorageBed.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mooring.packaged.PackagedService;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolExpansion;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.RebalanceState;
import io.mooring.schemas.ReplicaMove;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.LinuxException;
import io.mooring.volumemanager.volume.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a rule to pools that have changed: the packaged autopilot, the manager's decisions, real
 * agents and their file systems, over real control topics.
 */
@Timeout(300)
@Tag("long")
class PoolRulesIT {

  private static final String EXPAND =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: grow-pools
      spec:
        selector:
          matchLabels:
            node: n1
        conditions:
          expressions:
            - key: "100 * ( px_pool_stats_available_bytes/ px_pool_stats_total_bytes)"
              operator: Lt
              values: ["50"]
        actions:
          - name: openstorage.io.action.storagepool/expand
            params:
              scalepercentage: "50"
              scaletype: auto
        actionsCoolDownPeriod: 1
      """;

  private static final String REBALANCE =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: even-pools
      spec:
        conditions:
          expressions:
            - keyAlias: PoolProvDeviationPerc
              operator: NotInRange
              values: ["-20", "20"]
        actions:
          - name: openstorage.io.action.storagepool/rebalance
        actionsCoolDownPeriod: 1
      """;

  private static final List<String> VOLUMES = List.of("a", "b", "c", "d");

  private static final long DRIVE = 400 * MIB;

  /** Half of the first growth on top, and then less than half: the second one is cut short. */
  private static final long GROWN = 600 * MIB;

  private static final long DRIVE_MAX = 800 * MIB;

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
  void aPoolThatFillsGrowsOncePerTriggerUntilItsAgentMayGrowItNoMore() throws Exception {
    AgentNode node = bed.nodeOnDrive("n1", FilesystemType.XFS, DRIVE, DRIVE_MAX);
    PackagedService autopilot = bed.autopilot(EXPAND);
    // Space is provisioned thinly: together they hold more than the pool.
    Path one = stage(node, "one", 300 * MIB);
    Path two = stage(node, "two", 300 * MIB);
    long fileSystem = poolBytes(node);

    fill(one.resolve("first"), 180 * MIB);
    awaitGrowth(node, GROWN, fileSystem + GROWN - DRIVE);
    autopilot.kill();
    autopilot.startAgain();
    fill(two.resolve("second"), 110 * MIB);
    awaitGrowth(node, DRIVE_MAX, fileSystem + DRIVE_MAX - DRIVE);
    fill(two.resolve("third"), 130 * MIB);

    var events = bed.probe(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    eventually(() ->
        assertThat(moves(events).getLast())
            .returns(RulePhase.ActionsDeclined, RuleMoved::getTo)
            .returns("MAXIMUM_REACHED", RuleMoved::getReason)
            .returns(
                "The drive of the pool has %1$d bytes, the maximum is %1$d".formatted(DRIVE_MAX),
                RuleMoved::getMessage));
    assertThat(bed.drive("n1")).hasSize(DRIVE_MAX);
    assertThat(poolBytes(node)).isEqualTo(fileSystem + DRIVE_MAX - DRIVE);
    assertThatEventsTellOfTwoGrowths(events);

    manager.expand("by-hand", "n1", "p1", DRIVE_MAX + MIB);
    var poolEvents = bed.probe(ControlTopic.POOL_EVENTS, PoolEvent.class);
    eventually(() ->
        assertThat(poolEvents.values(event -> event.getDetail() instanceof PoolCommandRejected))
            .singleElement()
            .satisfies(event -> assertThat(event.toString()).contains("by-hand", "POL-006")));
  }

  /** Waits for drive and file system, and for what the manager says of them. */
  private void awaitGrowth(AgentNode node, long driveBytes, long fileSystemBytes) {
    eventually(() -> {
      assertThat(bed.drive("n1")).hasSize(driveBytes);
      assertThat(poolBytes(node)).isEqualTo(fileSystemBytes);
    });
    var expansions = bed.probe(ControlTopic.POOL_EXPANSIONS, PoolExpansion.class);
    eventually(() ->
        assertThat(expansions.values(state -> state.getPhase() == ExpansionPhase.DONE).getLast())
            .returns(driveBytes, PoolExpansion::getToBytes)
            .returns(fileSystemBytes, PoolExpansion::getCapacityNow));
  }

  /** Each trigger has one order, one command and one expansion, all with its id (I7, I10). */
  private void assertThatEventsTellOfTwoGrowths(ControlTopicProbe<AutopilotEvent> events) {
    List<ControlTopicProbe.Seen<AutopilotEvent>> orders =
        events.all(event -> event.getDetail() instanceof ResizeRequested);
    assertThat(orders)
        .extracting(seen -> (ResizeRequested) seen.value().getDetail())
        .extracting(ResizeRequested::getFromBytes, ResizeRequested::getToBytes)
        .containsExactly(tuple(DRIVE, GROWN), tuple(GROWN, DRIVE_MAX));
    List<String> triggers = orders.stream().map(order -> order.value().getTriggerId()).toList();
    assertThat(triggers).doesNotHaveDuplicates();
    List<String> commands =
        orders.stream()
            .map(order -> ((ResizeRequested) order.value().getDetail()).getCommandId())
            .toList();
    assertThat(bed.probe(ControlTopic.POOL_COMMANDS, PoolCommand.class))
        .satisfies(probe ->
            eventually(() ->
                assertThat(probe.values(command -> true))
                    .extracting(PoolCommand::getIdempotencyKey)
                    .containsExactlyElementsOf(commands)));
    var expansions = bed.probe(ControlTopic.POOL_EXPANSIONS, PoolExpansion.class);
    eventually(() ->
        assertThat(expansions.values(state -> state.getPhase() == ExpansionPhase.DONE))
            .extracting(PoolExpansion::getIdempotencyKey, PoolExpansion::getCorrelationId)
            .containsExactly(
                tuple(commands.getFirst(), triggers.getFirst()),
                tuple(commands.getLast(), triggers.getLast())));
  }

  @Test
  void unevenPoolsAreMadeEvenByARuleWhileTheirVolumesAreWrittenTo() throws Exception {
    AgentNode full = bed.node("n1");
    bed.autopilot(REBALANCE);
    List<StampWriter> writers = new ArrayList<>();
    for (String name : VOLUMES) {
      writers.add(new StampWriter(stage(full, name, 128 * MIB).resolve("stamps")));
    }
    awaitMore(writers);

    // Half of a pool is provisioned and nothing of the other: both are 25 points from the mean.
    bed.node("n2");

    var states = bed.probe(ControlTopic.POOL_REBALANCES, RebalanceState.class);
    eventually(() -> assertThat(jobs(states, RebalancePhase.DONE)).hasSize(1));
    var events = bed.probe(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    eventually(() ->
        assertThat(moves(events))
            .filteredOn(move -> move.getTo() == RulePhase.ActiveActionsTaken)
            .isNotEmpty());
    RebalanceState done = states.values(state -> state.getPhase() == RebalancePhase.DONE).getLast();
    assertThat(done.getRequestedBy()).startsWith("autopilot rule even-pools on pool n");
    assertThat(done.getMoves())
        .hasSize(2)
        .extracting(ReplicaMove::getPhase)
        .containsOnly(ReplicaMovePhase.DONE);
    assertThat(done.getDeviationAfter()).isZero();
    eventually(() ->
        assertThat(VOLUMES)
            .flatMap(name -> manager.nodesOf(VolumeId.ofName(name)))
            .containsExactlyInAnyOrder("n1", "n1", "n2", "n2"));
    awaitMore(writers);
    for (StampWriter writer : writers) {
      writer.stop();
      assertThat(writer.failure()).isEmpty();
    }
    // Descriptors have been judged anew by now, and nothing was triggered again.
    eventually(() -> assertThat(moves(events).getLast().getTo()).isEqualTo(RulePhase.Normal));
    assertThat(jobs(states, RebalancePhase.RUNNING)).hasSize(1);
  }

  private static Set<String> jobs(ControlTopicProbe<RebalanceState> states, RebalancePhase phase) {
    return states.values(state -> state.getPhase() == phase).stream()
        .map(RebalanceState::getJobId)
        .collect(Collectors.toSet());
  }

  private static List<RuleMoved> moves(ControlTopicProbe<AutopilotEvent> events) {
    return events.values(event -> event.getDetail() instanceof RuleMoved).stream()
        .map(event -> (RuleMoved) event.getDetail())
        .toList();
  }

  /** A new volume of one replica, mounted on a node. */
  private Path stage(AgentNode node, String name, long bytes) {
    VolumeId volume = manager.create(name, bytes, Map.of("repl", "1"));
    Path stage = node.directory.resolve("stage-" + name);
    node.stage(volume.value(), manager.publish(volume, node.nodeId), stage);
    return stage;
  }

  private static long poolBytes(AgentNode node) throws LinuxException {
    return Filesystems.usage(node.directory.resolve("pool")).totalBytes();
  }

  /** No zeros, which take no room. */
  private static void fill(Path file, long bytes) throws IOException {
    byte[] content = new byte[(int) MIB];
    Arrays.fill(content, (byte) 0x5A);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long written = 0; written < bytes; written += content.length) {
        channel.write(ByteBuffer.wrap(content));
      }
      channel.force(false);
    }
  }
}
