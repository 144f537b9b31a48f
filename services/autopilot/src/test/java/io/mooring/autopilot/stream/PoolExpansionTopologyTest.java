package io.mooring.autopilot.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolDrive;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import io.mooring.testsupport.InMemoryRegistry;
import io.mooring.testsupport.TopologyBed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that grow the drives of pools, from descriptors of nodes to commands. */
class PoolExpansionTopologyTest {

  private static final long GIB = 1L << 30;

  /** What a file system leaves of its drive, here. */
  private static final long OVERHEAD = GIB;

  @TempDir private Path stateDir;

  private final ControlSerdes serdes = new InMemoryRegistry().serdes();
  private final AutopilotParts parts = TestParts.create();
  private Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private TopologyBed bed;
  private TestOutputTopic<String, PoolCommand> commands;
  private TestOutputTopic<String, AutopilotEvent> events;

  @BeforeEach
  void start() {
    bed = new TopologyBed(AutopilotTopology.build(serdes, parts), serdes, stateDir, now);
    commands = bed.output(ControlTopic.POOL_COMMANDS, PoolCommand.class);
    events = bed.output(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aFullPoolLeadsToOneCommandThatNamesTheSizeOfTheDrive() {
    rule("{scalepercentage: \"50\", maxsize: 400Gi}");

    EventHeaders cause = pool(100, 100, 10);
    pool(100, 100, 9);

    TestRecord<String, PoolCommand> command = commands.readRecord();
    assertThat(commands.isEmpty()).isTrue();
    assertThat(command.value().getExpand()).isEqualTo(new ExpandPool("n1", "p1", 150 * GIB));
    assertThat(command.value().getDetail())
        .as("refused by who does not know expansions")
        .isInstanceOf(ControlRebalance.class);
    assertThat(EventHeaders.read(command.headers()).causationId()).isEqualTo(cause.id());
    assertThat(requested().getAction()).isEqualTo("openstorage.io.action.storagepool/expand");
    assertThat(state().getPhase()).isEqualTo(RulePhase.ActiveActionsInProgress);
  }

  @Test
  void itIsDoneWhenDriveAndFileSystemHaveGrownAndNotBefore() {
    rule("{scalesize: 100Gi}");
    pool(100, 100, 10);
    assertThat(commands.readValue().getExpand().getDriveBytes()).isEqualTo(200 * GIB);

    pool(200, 100, 10);
    assertThat(state().getPhase())
        .as("the file system has not grown")
        .isEqualTo(RulePhase.ActiveActionsInProgress);
    pool(200, 101, 10);
    assertThat(state().getPhase())
        .as("what a file system says of its size may change a little")
        .isEqualTo(RulePhase.ActiveActionsInProgress);
    pool(200, 200, 110);

    assertThat(state().getPhase()).isEqualTo(RulePhase.ActiveActionsTaken);
    assertThat(state().getMessage()).contains("drive of the pool", "were measured");
    pool(200, 200, 5);
    assertThat(commands.isEmpty()).as("in the cool-down").isTrue();
    pass(Duration.ofMinutes(6));
    pool(200, 200, 5);
    assertThat(commands.readValue().getExpand().getDriveBytes()).isEqualTo(300 * GIB);
  }

  @Test
  void growthIsClampedToTheRulesMaximumAndToTheAgentsAndThenDeclined() {
    rule("{scalepercentage: \"500\", maxsize: 1Ti}");
    pool(100, 100, 10);
    assertThat(commands.readValue().getExpand().getDriveBytes())
        .as("drive-max of the agent")
        .isEqualTo(500 * GIB);
    pool(500, 500, 400);
    pass(Duration.ofMinutes(6));

    pool(500, 500, 5);

    assertThat(commands.isEmpty()).isTrue();
    assertThat(state().getPhase()).isEqualTo(RulePhase.ActionsDeclined);
    assertThat(state().getReason()).isEqualTo("MAXIMUM_REACHED");
  }

  @Test
  void aPoolWhoseDriveCannotGrowIsDeclinedUntilItCan() {
    rule("{scalepercentage: \"100\"}");
    describe(100, 10, null);
    assertThat(state().getPhase()).isEqualTo(RulePhase.ActionsDeclined);
    assertThat(state().getReason()).isEqualTo("CANNOT_GROW");
    describe(100, 9, null);
    assertThat(commands.isEmpty()).isTrue();

    pool(100, 100, 9);

    assertThat(commands.readValue().getExpand().getDriveBytes()).isEqualTo(200 * GIB);
  }

  @Test
  void aRefusedExpansionIsTriedAgainUnderAnotherKey() {
    rule("{scalepercentage: \"100\"}");
    pool(100, 100, 10);
    String key = commands.readValue().getIdempotencyKey();

    bed.pipe(
        ControlTopic.POOL_EVENTS,
        "n1/p1",
        PoolEvent.newBuilder()
            .setSubject("n1/p1")
            .setAt(now)
            .setDetail(new PoolCommandRejected(key, "POL-008", "Sick.", "Broken.", "Repair."))
            .build());
    assertThat(state().getMessage()).contains("POL-008");
    pass(Duration.ofSeconds(31));
    pool(100, 100, 10);

    assertThat(commands.readValue().getIdempotencyKey()).isNotEqualTo(key);
  }

  private void rule(String params) {
    String yaml =
        """
        apiVersion: autopilot.libopenstorage.org/v1alpha1
        kind: AutopilotRule
        metadata:
          name: grow-pools
        spec:
          conditions:
            expressions:
              - key: "100 * ( px_pool_stats_available_bytes/ px_pool_stats_total_bytes)"
                operator: Lt
                values: ["20"]
          actions:
            - name: openstorage.io.action.storagepool/expand
              params: %s
        """
            .formatted(params);
    bed.pipe(
        ControlTopic.AUTOPILOT_RULES,
        "grow-pools",
        new AutopilotRuleText("grow-pools", yaml, "rest", Instant.now()));
    assertThat(parts.rules().named("grow-pools").orElseThrow().problems()).isEmpty();
  }

  /** A pool on a drive that may grow to 500 GiB. */
  private EventHeaders pool(long driveGib, long fileSystemGib, long freeGib) {
    return describe(fileSystemGib, freeGib, new PoolDrive(driveGib * GIB, 500 * GIB, ""));
  }

  private EventHeaders describe(long fileSystemGib, long freeGib, @Nullable PoolDrive drive) {
    pass(Duration.ofSeconds(1));
    return bed.pipe(
        ControlTopic.NODES,
        "n1",
        NodeDescriptor.newBuilder()
            .setNodeId("n1")
            .setIncarnation("i1")
            .setHost("10.0.0.1")
            .setReplicationPort(1)
            .setProbePort(2)
            .setRestPort(3)
            .setPools(
                List.of(
                    PoolDescriptor.newBuilder()
                        .setPoolId("p1")
                        .setPriority(PoolPriority.HIGH)
                        .setCapacityBytes(fileSystemGib * GIB - OVERHEAD)
                        .setFreeBytes(freeGib * GIB)
                        .setProvisionedBytes(0)
                        .setDrive(drive)
                        .build()))
            .setUpdatedAt(now)
            .build());
  }

  private ResizeRequested requested() {
    return events.readValuesToList().stream()
        .map(AutopilotEvent::getDetail)
        .filter(ResizeRequested.class::isInstance)
        .map(ResizeRequested.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private RuleObjectState state() {
    return parts.objects().all().getFirst();
  }

  private void pass(Duration time) {
    bed.pass(time);
    now = now.plus(time);
  }
}
