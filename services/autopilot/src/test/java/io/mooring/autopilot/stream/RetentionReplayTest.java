package io.mooring.autopilot.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.history.DecisionLine;
import io.mooring.autopilot.whatif.Findings;
import io.mooring.autopilot.whatif.Recorded;
import io.mooring.autopilot.whatif.Replay;
import io.mooring.autopilot.whatif.TakenDecisions;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import io.mooring.autopilot.whatif.WhatIfReport;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.LogDirectoryRetention;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RetentionHorizon;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import io.mooring.schemas.VolumeWillFill;
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
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.streams.TestOutputTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What brokers say of retention, in the service's topology, and what was recorded replayed. */
class RetentionReplayTest {

  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final String ID = "v1";
  private static final Duration TICK = Duration.ofSeconds(10);
  private static final Duration COOL_DOWN = Duration.ofMinutes(30);
  private static final int TICKS = 3 * 360;

  @TempDir private Path stateDir;

  private final ControlSerdes serdes = new InMemoryRegistry().serdes();
  private final AutopilotParts parts = TestParts.create();
  private final Instant began = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final List<Recorded> records = new ArrayList<>();
  private final List<AutopilotEvent> published = new ArrayList<>();
  private Instant now = began;
  private long sizeBytes = 100 * GIB;
  private TopologyBed bed;
  private TestOutputTopic<String, VolumeCommand> commands;
  private TestOutputTopic<String, AutopilotEvent> events;

  @BeforeEach
  void start() {
    bed = new TopologyBed(AutopilotTopology.build(serdes, parts), serdes, stateDir, now);
    commands = bed.output(ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
    events = bed.output(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
    String yaml = rule();
    bed.pipe(
        ControlTopic.AUTOPILOT_RULES, "keep", new AutopilotRuleText("keep", yaml, "rest", began));
    assertThat(parts.rules().named("keep").orElseThrow().problems()).isEmpty();
    describe();
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void theForecastKnowsWhatTheBrokerKeeps() {
    fill(95, 40 * MIB, 100 * GIB);

    long asked = resizes().getFirst().getToBytes();
    assertThat(asked / GIB).isBetween(125L, 140L);
    assertThat(fills()).isZero();
  }

  @Test
  void withoutABrokerTheForecastIsWhatTheGrowthSays() {
    fill(95, 40 * MIB, -1);

    // 80 GiB and 40 MiB/s for half an hour, and a quarter more.
    assertThat(resizes().getFirst().getToBytes() / GIB).isBetween(185L, 195L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void unchangedRulesGiveExactlyWhatWasDecided(long seed) {
    story(new Random(seed));
    assertThat(resizes()).as("the story has something to tell").isNotEmpty();

    StringBuilder replayed = new StringBuilder();
    WhatIfReport report = replay(replayed, _ -> true);
    assertThat(replayed.toString()).isEqualTo(lines());
    assertThat(report.resizes()).allMatch(resize -> resize.difference() == Difference.SAME);
    assertThat(report.notMade()).isEmpty();

    StringBuilder deaf = new StringBuilder();
    replay(deaf, record -> !(record instanceof Recorded.BrokerTold));
    assertThat(deaf.toString()).as("brokers mattered").isNotEqualTo(lines());
  }

  /** Fills to a percentage at a rate; the broker keeps so much, or does not say. */
  private void fill(long percent, long bytesPerSecond, long keptBytes) {
    long used = 70 * GIB;
    while (used < percent * GIB) {
      used += bytesPerSecond * TICK.toSeconds();
      if (keptBytes >= 0 && now.getEpochSecond() % 60 < TICK.toSeconds()) {
        tell(used - GIB, keptBytes, bytesPerSecond * 1.01);
      }
      measure(used);
    }
  }

  /** A volume that fills, empties and grows, with a broker that is away at times. */
  private void story(Random chance) {
    double used = 60 * GIB;
    double rate = 10 * MIB;
    for (int tick = 0; tick < TICKS; tick++) {
      if (chance.nextInt(60) == 0) {
        rate = chance.nextDouble() * 60 * MIB;
      }
      used += rate * TICK.toSeconds();
      used = chance.nextInt(90) == 0 ? used * 0.9 : used;
      used = Math.min(used, sizeBytes);
      if (tick % 6 == 0 && chance.nextInt(4) > 0) {
        tell((long) used - GIB, (long) used + chance.nextInt(20) * GIB, rate);
      }
      measure((long) used);
      for (VolumeCommand command : commands.readValuesToList()) {
        sizeBytes = ((ExpandVolume) command.getDetail()).getSizeBytes();
        describe();
      }
    }
  }

  private void describe() {
    VolumeState state =
        Samples.volume(
            ID,
            "pvc-1",
            sizeBytes,
            Map.of(
                "app", "kafka",
                "csi.storage.k8s.io/pvc/namespace", "prod",
                "csi.storage.k8s.io/pvc/name", "data-kafka-0"));
    bed.pipe(ControlTopic.VOLUMES, ID, state);
    records.add(new Recorded.Described(now, RecordReader.facts(state)));
  }

  private void tell(long logBytes, long keptBytes, double inflow) {
    LogDirectoryRetention directory =
        LogDirectoryRetention.newBuilder()
            .setPath("/kafka")
            .setFsSizeBytes(sizeBytes)
            .setFsUsedBytes(logBytes + GIB)
            .setLogBytes(logBytes)
            .setInflowBytesPerSecond(inflow)
            .setHorizons(
                List.of(new RetentionHorizon(COOL_DOWN.multipliedBy(2).toMillis(), keptBytes)))
            .setUnlimitedBytes(0)
            .build();
    BrokerRetention fact =
        new BrokerRetention("orders", 0, "kafka-0", "prod", now, List.of(directory));
    bed.pipe(ControlTopic.BROKER_RETENTION, "orders/0", fact);
    records.add(new Recorded.BrokerTold(now, RecordReader.broker(fact)));
  }

  private void measure(long usedBytes) {
    bed.pass(TICK);
    now = now.plus(TICK);
    VolumeUsage usage = Samples.usage(ID, now, sizeBytes, usedBytes);
    bed.pipe(ControlTopic.VOLUME_USAGE, ID, usage);
    records.add(new Recorded.Measured(now, ID, RecordReader.sample(usage)));
    published.addAll(events.readValuesToList());
  }

  private List<ResizeRequested> resizes() {
    return published.stream()
        .map(AutopilotEvent::getDetail)
        .filter(ResizeRequested.class::isInstance)
        .map(ResizeRequested.class::cast)
        .toList();
  }

  private long fills() {
    return published.stream().filter(event -> event.getDetail() instanceof VolumeWillFill).count();
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    published.forEach(event -> lines.append(DecisionLine.of(event)).append('\n'));
    return lines.toString();
  }

  private WhatIfReport replay(StringBuilder lines, Predicate<Recorded> heard) {
    TakenDecisions taken = new TakenDecisions();
    for (AutopilotEvent event : published) {
      if (event.getDetail() instanceof ResizeRequested resize) {
        taken.add(
            new TakenResize(
                event.getAt(),
                event.getRuleName(),
                ID,
                event.getVolumeName(),
                UUID.fromString(resize.getCommandId()),
                resize.getFromBytes(),
                resize.getToBytes()));
      }
    }
    RuleBook rules = parts.rules().book();
    Findings findings = new Findings(began, now.plusSeconds(1), taken);
    Replay replay =
        new Replay(
            new Replay.Plan(
                began,
                rules,
                rules,
                new SampleGate(parts.settings().sampleAgeMax()),
                parts.settings().retryAfter()),
            Map.of(),
            taken,
            (volume, outcome, at, asTaken) -> {
              findings.decided(volume, outcome, at, asTaken);
              lines.append(DecisionLine.of(volume, outcome)).append('\n');
            });
    records.stream().filter(heard).forEach(replay::take);
    findings.add(replay);
    return findings.report(rules);
  }

  private static String rule() {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: keep
      annotations:
        mooring.io/forecast: "true"
    spec:
      selector:
        matchLabels:
          app: kafka
      conditions:
        expressions:
          - key: "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)"
            operator: Gt
            values: ["80"]
      actions:
        - name: openstorage.io.action.volume/resize
          params:
            scalepercentage: "25"
      actionsCoolDownPeriod: %d
    """
        .formatted(COOL_DOWN.toSeconds());
  }
}
