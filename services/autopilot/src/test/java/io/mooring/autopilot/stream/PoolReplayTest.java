package io.mooring.autopilot.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.history.DecisionLine;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.whatif.Findings;
import io.mooring.autopilot.whatif.Recorded;
import io.mooring.autopilot.whatif.Replay;
import io.mooring.autopilot.whatif.TakenDecisions;
import io.mooring.autopilot.whatif.TakenDecisions.Incident;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import io.mooring.autopilot.whatif.WhatIfReport;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import io.mooring.autopilot.whatif.WhatIfReport.Resize;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.JudgedPools;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolDrive;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.QueryReading;
import io.mooring.schemas.RebalanceChanged;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ResizeHeldBack;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import io.mooring.testsupport.InMemoryRegistry;
import io.mooring.testsupport.TopologyBed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.TestOutputTopic;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools under rules in the service's topology, and what was recorded of them replayed. */
class PoolReplayTest {

  private static final long GIB = 1L << 30;
  private static final int STEPS = 150;
  private static final String GROW =
      rule("grow", "Lt", "30", "expand", "{scalepercentage: \"50\"}");
  private static final String EVEN =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: even
      spec:
        conditions:
          for: 4
          expressions:
            - keyAlias: PoolUsageDeviationPerc
              operator: NotInRange
              values: ["-15", "15"]
        actions:
          - name: openstorage.io.action.storagepool/rebalance
        actionsCoolDownPeriod: 20
      """;

  private static final String QUERY = "predict_linear(px_pool_stats_used_bytes[1h], 3600)";
  private static final String ASKED =
      GROW.replace("grow", "asked")
          .replaceFirst("key: .*", "key: \"" + QUERY + "\"")
          .replace("operator: Lt", "operator: Gt");

  @TempDir private Path stateDir;

  private final ControlSerdes serdes = new InMemoryRegistry().serdes();
  private final AutopilotParts parts =
      TestParts.create(
          new QueryTerms(true, Duration.ofSeconds(2), Duration.ofSeconds(2)),
          Duration.ofSeconds(5));
  private final Instant began = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final Map<String, PoolDescriptor> pools = new TreeMap<>();
  private final List<Recorded> records = new ArrayList<>();
  private Instant now = began;
  private TopologyBed bed;
  private TestOutputTopic<String, PoolCommand> commands;
  private TestOutputTopic<String, AutopilotEvent> events;
  private TestOutputTopic<String, JudgedPools> judged;

  @BeforeEach
  void start() {
    bed = new TopologyBed(AutopilotTopology.build(serdes, parts), serdes, stateDir, now);
    commands = bed.output(ControlTopic.POOL_COMMANDS, PoolCommand.class);
    events = bed.output(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    judged = bed.output(ControlTopic.AUTOPILOT_POOLS, JudgedPools.class);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void unchangedRulesGiveExactlyWhatWasDecided(long seed) {
    putInUse(GROW);
    putInUse(EVEN);
    putInUse(ASKED);
    List<AutopilotEvent> published = story(new Random(seed));

    Map<String, String> replayed = new TreeMap<>();
    WhatIfReport report = replay(parts.rules().book(), published, replayed);

    assertThat(published.stream().map(AutopilotEvent::getDetail))
        .as("the story has something to tell")
        .anyMatch(ResizeRequested.class::isInstance);
    assertThat(published)
        .as("the server's answers lead to something")
        .anyMatch(event ->
            event.getRuleName().equals("asked") && event.getDetail() instanceof ResizeRequested);
    assertThat(replayed).isEqualTo(lines(published));
    assertThat(report.resizes()).allMatch(resize -> resize.difference() == Difference.SAME);
    assertThat(report.notMade()).isEmpty();
    assertThat(report.would()).isEqualTo(report.did());
  }

  @Test
  void otherRulesGrowPoolsOtherwiseAndTheirGrowthIsModelled() {
    putInUse(GROW);
    pool("n1", 100, 60);
    describe("n1");
    pool("n1", 100, 20);
    describe("n1");
    pool("n1", 150, 70);
    describe("n1");
    pool("n1", 150, 50);
    describe("n1");
    pool("n1", 150, 40);
    describe("n1");
    List<AutopilotEvent> published = events.readValuesToList();

    WhatIfReport late =
        replay(book(rule("late", "Lt", "1", "expand", "{scalepercentage: \"50\"}")), published);
    assertThat(late.notMade()).extracting(Resize::difference).containsExactly(Difference.NOT_MADE);
    assertThat(late.resizes())
        .as("without the growth that was made it has 20 less 30 of 100 free")
        .extracting(Resize::fromBytes, Resize::toBytes)
        .containsExactly(Tuple.tuple(100 * GIB, 150 * GIB));

    WhatIfReport early =
        replay(book(rule("early", "Lt", "62", "expand", "{scalesize: 200Gi}")), published);
    assertThat(early.resizes())
        .singleElement()
        .satisfies(resize -> {
          assertThat(resize.difference()).isEqualTo(Difference.NEW);
          assertThat(resize.volumeId()).isEqualTo("n1/p1");
          assertThat(resize.toBytes()).isEqualTo(300 * GIB);
        });
  }

  @Test
  void aRebalanceThatWasNotMadeIsOverAtOnceAndThePoolsStay() {
    putInUse(GROW);
    pool("n1", 100, 90);
    pool("n2", 100, 40);
    for (int i = 0; i < 8; i++) {
      describe("n1");
      describe("n2");
    }

    WhatIfReport report = replay(book(EVEN), events.readValuesToList());

    assertThat(report.resizes())
        .extracting(Resize::volumeId, Resize::difference)
        .containsExactlyInAnyOrder(
            Tuple.tuple("n1/p1", Difference.NEW), Tuple.tuple("n2/p1", Difference.NEW));
    assertThat(report.would().grownBytes()).isZero();
  }

  /** Pools fill and empty; what is asked for happens later, or is refused; nodes come and go. */
  private List<AutopilotEvent> story(Random chance) {
    List<PoolCommand> open = new ArrayList<>();
    List<AutopilotEvent> published = new ArrayList<>();
    List.of("n1", "n2", "n3").forEach(node -> pool(node, 100, 60));
    for (int step = 0; step < STEPS; step++) {
      String node = "n" + (1 + chance.nextInt(3));
      if (chance.nextInt(60) == 0) {
        bed.tombstone(ControlTopic.NODES, node);
        take();
      }
      PoolDescriptor pool = pools.get(node);
      long free = pool.getFreeBytes() / GIB + chance.nextInt(25) - 14;
      long max = pool.getCapacityBytes() / GIB;
      pool(node, pool.getDrive().getSizeBytes() / GIB, Math.clamp(free, 0, max));
      pools.get(node).setHealthy(chance.nextInt(20) > 0);
      if (chance.nextInt(3) == 0) {
        answer(node, chance.nextInt(45));
      }
      describe(node);
      open.addAll(commands.readValuesToList());
      if (!open.isEmpty() && chance.nextInt(4) == 0) {
        answer(open.removeFirst(), chance);
      }
      published.addAll(events.readValuesToList());
    }
    return published;
  }

  /** A monitoring server says what will be used of a node's pool. */
  private void answer(String node, long percent) {
    QueryReading reading = new QueryReading(node + "/p1", QUERY, Long.toString(percent), now);
    bed.pipe(ControlTopic.AUTOPILOT_READINGS, reading.getVolumeId(), reading);
    records.add(
        new Recorded.Queried(now, reading.getVolumeId(), QUERY, RecordReader.answer(reading)));
  }

  private void answer(PoolCommand command, Random chance) {
    String key = command.getIdempotencyKey();
    ExpandPool expand = command.getExpand();
    if (chance.nextInt(4) == 0) {
      poolEvent(new PoolCommandRejected(key, "POL-090", "Expired.", "Late.", "Again."));
    } else if (expand != null) {
      PoolDescriptor pool = pools.get(expand.getNodeId());
      long gained = (expand.getDriveBytes() - pool.getDrive().getSizeBytes()) / GIB;
      pool(
          expand.getNodeId(),
          expand.getDriveBytes() / GIB,
          pool.getFreeBytes() / GIB + Math.max(0, gained));
    } else {
      poolEvent(
          new RebalanceChanged(
              "rb-1", RebalancePhase.DONE, false, List.of(key), 2, 2, 0, 20.0, 3.0, "test"));
    }
  }

  private void poolEvent(SpecificRecord detail) {
    PoolEvent event = new PoolEvent("cluster", now, detail, null);
    bed.pipe(ControlTopic.POOL_EVENTS, "cluster", event);
    Instant at = now;
    RecordReader.answer(event).ifPresent(a -> records.add(new Recorded.PoolsAnswered(at, a)));
  }

  private void pool(String node, long driveGib, long freeGib) {
    pools.put(
        node,
        PoolDescriptor.newBuilder()
            .setPoolId("p1")
            .setPriority(PoolPriority.HIGH)
            .setCapacityBytes(driveGib * GIB)
            .setFreeBytes(freeGib * GIB)
            .setProvisionedBytes(0)
            .setDrive(new PoolDrive(driveGib * GIB, 100_000 * GIB, ""))
            .build());
  }

  private void describe(String node) {
    bed.pass(Duration.ofSeconds(2));
    now = now.plusSeconds(2);
    NodeDescriptor descriptor =
        NodeDescriptor.newBuilder()
            .setNodeId(node)
            .setIncarnation("i1")
            .setHost("10.0.0.1")
            .setReplicationPort(1)
            .setProbePort(2)
            .setRestPort(3)
            .setPools(List.of(pools.get(node)))
            .setUpdatedAt(now.minusMillis(20))
            .build();
    bed.pipe(ControlTopic.NODES, node, descriptor);
    take();
  }

  /** What the service has recorded of what it judged. */
  private void take() {
    judged
        .readRecordsToList()
        .forEach(record -> {
          Instant at = Instant.ofEpochMilli(record.timestamp());
          records.add(new Recorded.PoolsDescribed(at, PoolReader.of(record.value(), at)));
        });
  }

  private WhatIfReport replay(RuleBook rules, List<AutopilotEvent> published) {
    return replay(rules, published, new TreeMap<>());
  }

  private WhatIfReport replay(
      RuleBook rules, List<AutopilotEvent> published, Map<String, String> lines) {
    TakenDecisions taken = new TakenDecisions();
    for (AutopilotEvent event : published) {
      take(taken, event);
    }
    Findings findings = new Findings(began, now.plusSeconds(1), taken);
    Replay replay =
        new Replay(
            new Replay.Plan(
                began,
                RuleBook.EMPTY,
                rules,
                new SampleGate(parts.settings().sampleAgeMax()),
                parts.settings().retryAfter()),
            Map.of(),
            taken,
            (pool, outcome, at, asTaken) -> {
              findings.decided(pool, outcome, at, asTaken);
              lines.merge(pool.id(), DecisionLine.of(pool, outcome) + "\n", String::concat);
            });
    records.forEach(replay::take);
    findings.add(replay);
    return findings.report(rules);
  }

  private static void take(TakenDecisions taken, AutopilotEvent event) {
    switch (event.getDetail()) {
      case ResizeRequested resize ->
          taken.add(
              new TakenResize(
                  event.getAt(),
                  event.getRuleName(),
                  event.getVolumeId(),
                  event.getVolumeName(),
                  UUID.fromString(resize.getCommandId()),
                  resize.getFromBytes(),
                  resize.getToBytes()));
      case ResizeHeldBack _ -> taken.add(event.getVolumeId(), Incident.HELD_BACK);
      case RuleMoved moved when moved.getTo() == RulePhase.ActionsDeclined ->
          taken.add(event.getVolumeId(), Incident.DECLINED);
      default -> {}
    }
  }

  private static Map<String, String> lines(List<AutopilotEvent> published) {
    Map<String, String> lines = new TreeMap<>();
    published.forEach(
        event -> lines.merge(event.getVolumeId(), DecisionLine.of(event) + "\n", String::concat));
    return lines;
  }

  private static String rule(
      String name, String operator, String freePercent, String action, String params) {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: %s
    spec:
      conditions:
        expressions:
          - key: "100 * px_pool_stats_available_bytes / px_pool_stats_total_bytes"
            operator: %s
            values: ["%s"]
      actions:
        - name: openstorage.io.action.storagepool/%s
          params: %s
      actionsCoolDownPeriod: 6
    """
        .formatted(name, operator, freePercent, action, params);
  }

  private static RuleBook book(String yaml) {
    return RuleBook.of(
        RuleDocument.allOf(yaml).stream()
            .map(document ->
                new RuleBook.Entry(
                    ((RuleOutcome.Valid) document.outcome()).rule(), document.text()))
            .toList());
  }

  private void putInUse(String yaml) {
    String name = yaml.replaceAll("(?s).*\n  name: ([a-z-]+)\n.*", "$1");
    AutopilotRuleText text = new AutopilotRuleText(name, yaml, "rest", Instant.now());
    bed.pipe(ControlTopic.AUTOPILOT_RULES, name, text);
    assertThat(parts.rules().named(name).orElseThrow().problems()).isEmpty();
  }
}
