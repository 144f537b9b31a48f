package io.mooring.autopilot.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.ObjectKind;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.RebalanceChanged;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.StartRebalance;
import io.mooring.testsupport.InMemoryRegistry;
import io.mooring.testsupport.TopologyBed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules on pools, from descriptors of nodes to commands to volume-manager. */
class PoolRulesTopologyTest {

  private static final long GIB = 1L << 30;
  private static final String DEVIATION =
      """
      - keyAlias: PoolProvDeviationPerc
        operator: NotInRange
        values: ["-20", "20"]
      """;

  @TempDir private Path stateDir;

  private final ControlSerdes serdes = new InMemoryRegistry().serdes();
  private final AutopilotParts parts = TestParts.create();
  private Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private TopologyBed bed;
  private TestOutputTopic<String, PoolCommand> commands;
  private TestOutputTopic<String, AutopilotEvent> events;
  private TestOutputTopic<String, RuleObjectState> objects;

  @BeforeEach
  void start() {
    bed = new TopologyBed(AutopilotTopology.build(serdes, parts), serdes, stateDir, now);
    commands = bed.output(ControlTopic.POOL_COMMANDS, PoolCommand.class);
    events = bed.output(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    objects = bed.output(ControlTopic.AUTOPILOT_OBJECTS, RuleObjectState.class);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aPoolThatDeviatesFromTheMeanLeadsToOneRebalance() {
    rule("", DEVIATION, "");
    otherPools();

    EventHeaders cause = descriptor("n1", 80);
    descriptor("n1", 80);

    TestRecord<String, PoolCommand> command = commands.readRecord();
    assertThat(commands.isEmpty()).isTrue();
    assertThat(command.value().getDetail()).isEqualTo(new StartRebalance(10.0, false));
    assertThat(command.value().getRequestedBy()).contains("balance", "n1/p1");
    EventHeaders headers = EventHeaders.read(command.headers());
    assertThat(headers.causationId()).isEqualTo(cause.id());
    AutopilotEvent requested =
        events.readValuesToList().stream()
            .filter(event -> event.getDetail() instanceof ResizeRequested)
            .findFirst()
            .orElseThrow();
    assertThat(requested.getObjectKind()).isEqualTo(ObjectKind.POOL);
    assertThat(requested.getVolumeId()).isEqualTo("n1/p1");
    assertThat(((ResizeRequested) requested.getDetail()).getAction())
        .isEqualTo("openstorage.io.action.storagepool/rebalance");
  }

  @Test
  void theEndOfTheRebalanceEndsTheActionAndTheCoolDownBegins() {
    rule("", DEVIATION, "actionsCoolDownPeriod: 60");
    otherPools();
    descriptor("n1", 80);
    String key = commands.readValue().getIdempotencyKey();

    rebalance(RebalancePhase.RUNNING, key);
    assertThat(last("n1/p1").getPhase()).isEqualTo(RulePhase.ActiveActionsInProgress);
    rebalance(RebalancePhase.DONE, "somebody else's");
    rebalance(RebalancePhase.DONE, key);
    RuleObjectState taken = last("n1/p1");
    assertThat(taken.getPhase()).isEqualTo(RulePhase.ActiveActionsTaken);
    assertThat(taken.getMessage()).contains("3 of 3 moves done");

    descriptor("n1", 80);
    assertThat(commands.isEmpty()).as("in the cool-down").isTrue();
    pass(Duration.ofSeconds(61));
    otherPools();
    descriptor("n1", 80);
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void aRefusedRebalanceIsTriedAgainUnderAnotherKey() {
    rule("", DEVIATION, "");
    otherPools();
    descriptor("n1", 80);
    String key = commands.readValue().getIdempotencyKey();

    poolEvent(new PoolCommandRejected(key, "POL-090", "Expired.", "Late.", "Again."));
    assertThat(last("n1/p1").getMessage()).contains("POL-090");
    pass(Duration.ofSeconds(31));
    otherPools();
    descriptor("n1", 80);

    assertThat(commands.readValue().getIdempotencyKey()).isNotEqualTo(key);
  }

  @Test
  void poolsAreSelectedByNodeLabelsAndPriority() {
    rule("{matchLabels: {node: n2}}", DEVIATION, "");
    otherPools();
    descriptor("n1", 80);
    assertThat(commands.isEmpty()).isTrue();

    rule("{matchLabels: {tier: gold, priority: high}}", DEVIATION, "");
    descriptor("n1", 80);
    assertThat(commands.readValuesToList()).hasSize(1);
  }

  @Test
  void absolutePercentagesAreWrittenAsPeopleWriteThem() {
    rule(
        "",
        """
        - key: "100 * (px_pool_stats_provisioned_bytes/ on (pool) px_pool_stats_total_bytes)"
          operator: Gt
          values: ["120"]
        - key: "100 * ( px_pool_stats_available_bytes/ px_pool_stats_total_bytes)"
          operator: Lt
          values: ["30"]
        """,
        "");
    descriptor("n1", 130, 50, true);
    assertThat(commands.isEmpty()).as("both must hold").isTrue();

    descriptor("n1", 130, 20, true);

    assertThat(((StartRebalance) commands.readValue().getDetail()).getDeviationPercent())
        .isEqualTo(5);
  }

  @Test
  void aSickPoolIsComparedWithNothingAndANodeThatIsSilentCountsForNothing() {
    rule("", DEVIATION, "");
    otherPools();
    descriptor("n1", 80, 50, false);
    assertThat(commands.isEmpty()).as("a sick pool").isTrue();

    pass(Duration.ofSeconds(31));
    descriptor("n1", 80);
    assertThat(commands.isEmpty()).as("it is alone, so it is the mean").isTrue();
  }

  @Test
  void whatIsGoneIsForgotten() {
    rule("", DEVIATION, "");
    otherPools();
    descriptor("n1", 80);
    assertThat(parts.objects().all()).isNotEmpty();

    bed.tombstone(ControlTopic.NODES, "n1");

    assertThat(parts.objects().all()).isEmpty();
    assertThat(parts.volumes().all()).hasSize(2);
  }

  private void rule(String selector, String expressions, String moreSpec) {
    String yaml =
        """
        apiVersion: autopilot.libopenstorage.org/v1alpha1
        kind: AutopilotRule
        metadata:
          name: balance
        spec:
          selector: %s
          conditions:
            expressions:
        %s  actions:
            - name: openstorage.io.action.storagepool/rebalance
          %s
        """
            .formatted(selector.isEmpty() ? "{}" : selector, expressions.indent(6), moreSpec);
    bed.pipe(
        ControlTopic.AUTOPILOT_RULES,
        "balance",
        new AutopilotRuleText("balance", yaml, "rest", Instant.now()));
    assertThat(parts.rules().named("balance").orElseThrow().problems()).isEmpty();
  }

  /** The other two pools, of 100 GiB like the first, are nearly empty. */
  private void otherPools() {
    descriptor("n2", 20);
    descriptor("n3", 20);
  }

  private EventHeaders descriptor(String node, long provisionedGib) {
    return descriptor(node, provisionedGib, 50, true);
  }

  private EventHeaders descriptor(String node, long provisionedGib, long freeGib, boolean healthy) {
    pass(Duration.ofSeconds(1));
    return bed.pipe(
        ControlTopic.NODES,
        node,
        NodeDescriptor.newBuilder()
            .setNodeId(node)
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
                        .setCapacityBytes(100 * GIB)
                        .setFreeBytes(freeGib * GIB)
                        .setProvisionedBytes(provisionedGib * GIB)
                        .setHealthy(healthy)
                        .setLabels(Map.of("tier", node.equals("n1") ? "gold" : "iron"))
                        .build()))
            .setUpdatedAt(now)
            .build());
  }

  private void rebalance(RebalancePhase phase, String key) {
    poolEvent(new RebalanceChanged("rb-1", phase, false, List.of(key), 3, 3, 0, 40.0, 4.0, "test"));
  }

  private void poolEvent(SpecificRecord detail) {
    pass(Duration.ofSeconds(1));
    bed.pipe(ControlTopic.POOL_EVENTS, "cluster", new PoolEvent("cluster", now, detail, null));
  }

  private RuleObjectState last(String pool) {
    return parts.objects().all().stream()
        .filter(state -> state.getVolumeId().equals(pool))
        .findFirst()
        .orElseThrow();
  }

  private void pass(Duration time) {
    bed.pass(time);
    now = now.plus(time);
  }
}
