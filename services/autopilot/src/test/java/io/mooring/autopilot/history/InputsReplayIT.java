package io.mooring.autopilot.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.ControlTopicDriver;
import io.mooring.autopilot.InstanceProcess;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.stream.AutopilotMetrics;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.mooring.autopilot.stream.AutopilotTopology;
import io.mooring.autopilot.stream.LiveVolumes;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.stream.Samples;
import io.mooring.autopilot.whatif.WhatIfReport;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.LogDirectoryRetention;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.QueryReading;
import io.mooring.schemas.RebalanceChanged;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.RetentionHorizon;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeLabels;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.TopicLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Labels of claims, answers of a monitoring server, what Kafka keeps and pools, on a real Kafka:
 * what they led to is what a replay of what was recorded gives.
 */
@Timeout(300)
@Tag("long")
class InputsReplayIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Between two inputs about the same object, so that they are taken in the order of writing. */
  private static final Duration TICK = Duration.ofMillis(150);

  private static final long MIB = 1L << 20;
  private static final String QUERY = "predict_linear(px_volume_usage_bytes[1h], 3600)";
  private static final List<String> VOLUMES = List.of("v-0", "v-1", "v-2", "v-3");

  @TempDir private Path directory;

  private final RuleLibrary rules =
      new RuleLibrary(new QueryTerms(true, Duration.ofSeconds(1), Duration.ZERO));
  private final AutopilotSettings settings =
      new AutopilotSettings(
          "/mooring/autopilot/replayed",
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          Duration.ofMinutes(5));
  private final Map<String, Long> sizes = new TreeMap<>();
  private final Set<String> answered = new HashSet<>();
  private ControlTopicDriver topics;
  private TopicLog<VolumeCommand> commands;
  private TopicLog<PoolCommand> poolCommands;
  private int step;

  @Test
  void labelsAnswersAndPoolsAreReplayedExactly() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        var driver =
            new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
        var volumeLog = log(controlPlane, ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
        var poolLog = log(controlPlane, ControlTopic.POOL_COMMANDS, PoolCommand.class);
        var events = log(controlPlane, ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class);
        KafkaStreams streams = service(controlPlane)) {
      topics = driver;
      commands = volumeLog;
      poolCommands = poolLog;
      putInUse(resize("gold", "tier: gold", "px_volume_usage_bytes / 1048576", "50"));
      putInUse(resize("asked", "tier: asked", QUERY, "70"));
      putInUse(kept());
      putInUse(evenPools());
      VOLUMES.forEach(id -> describe(id, 100));
      eventually(() -> assertThat(streams.state()).isEqualTo(KafkaStreams.State.RUNNING));
      eventually(() -> assertThat(rules.book().entries()).hasSize(4));
      Instant from = now();
      await()
          .atMost(PATIENCE)
          .pollInterval(TICK)
          .until(() -> {
            tick();
            return step >= 60 && poolCommands.entries().size() > 1 && commands.entries().size() > 3;
          });
      Instant to = now();
      compare(controlPlane, from, to, events);
    }
  }

  private void compare(
      ControlPlane controlPlane, Instant from, Instant to, TopicLog<AutopilotEvent> events) {
    WhatIf whatIf =
        new WhatIf(
            controlPlane.clientConfig(),
            controlPlane.serdes(),
            settings,
            rules::book,
            Duration.ofMinutes(1));
    Map<String, String> replayed = new TreeMap<>();
    WhatIfReport report =
        whatIf.answer(
            new WhatIf.Question(rules.book(), from, to, null),
            (object, outcome, _, _) ->
                replayed.merge(
                    object.id(), DecisionLine.of(object, outcome) + "\n", String::concat));

    eventually(() -> {
      Map<String, String> published = new TreeMap<>();
      events
          .entries()
          .forEach(entry ->
              published.merge(entry.key(), DecisionLine.of(entry.value()) + "\n", String::concat));
      assertThat(replayed).isEqualTo(published);
    });
    assertThat(replayed).containsKeys("v-0", "v-3", "n1/p1");
    assertThat(replayed.toString())
        .contains("NOT_SELECTED", "1 of 1 moves done", "because Kafka, asked at");
    assertThat(report.resizes())
        .isNotEmpty()
        .allMatch(resize -> resize.difference() == Difference.SAME);
    assertThat(report.resizes()).anyMatch(resize -> resize.volumeId().equals("n1/p1"));
    assertThat(report.resizes()).anyMatch(resize -> resize.rule().equals("asked"));
    assertThat(report.notMade()).isEmpty();
    assertThat(report.would()).isEqualTo(report.did());
  }

  /** One kind of input at a time. */
  private void tick() {
    switch (step % 3) {
      case 0 -> {
        label();
        pools();
        keep();
      }
      case 1 -> {
        answer();
        endRebalances();
      }
      default -> {
        VOLUMES.forEach(id ->
            topics.send(
                ControlTopic.VOLUME_USAGE,
                id,
                Samples.usage(id, now(), sizes.get(id) * MIB, (40 + step) * MIB)));
        carryOut();
      }
    }
    step++;
  }

  private void label() {
    switch (step) {
      case 3 -> claim("v-0", "gold");
      case 6 -> claim("v-3", "asked");
      case 9 -> claim("v-1", "gold");
      case 12 -> claim("v-2", "kept");
      case 30 -> claim("v-0", "silver");
      case 45 -> claim("v-0", "gold");
      default -> {}
    }
  }

  private void claim(String id, String tier) {
    topics.send(
        ControlTopic.VOLUME_LABELS,
        id,
        VolumeLabels.newBuilder()
            .setVolumeId(id)
            .setNamespace("prod")
            .setClaim("data-" + id)
            .setClaimLabels(Map.of("tier", tier))
            .setNamespaceLabels(Map.of())
            .setAt(now())
            .build());
  }

  /** The broker on v-2 says that Kafka will not keep much more than there is. */
  private void keep() {
    long held = (40 + step) * MIB;
    LogDirectoryRetention directory =
        LogDirectoryRetention.newBuilder()
            .setPath("/kafka")
            .setFsSizeBytes(sizes.get("v-2") * MIB)
            .setFsUsedBytes(held)
            .setLogBytes(held)
            .setInflowBytesPerSecond(100 * MIB)
            .setHorizons(List.of(new RetentionHorizon(Duration.ofHours(1).toMillis(), 110 * MIB)))
            .setUnlimitedBytes(0)
            .build();
    topics.sendToEach(
        ControlTopic.BROKER_RETENTION,
        "orders/2",
        new BrokerRetention("orders", 2, "v-2", "prod", now(), List.of(directory)));
  }

  /** A monitoring server says of all volumes what it thinks, more and more. */
  private void answer() {
    VOLUMES.forEach(id ->
        topics.send(
            ControlTopic.AUTOPILOT_READINGS,
            id,
            new QueryReading(id, QUERY, Integer.toString(40 + 2 * step), now())));
  }

  private void pools() {
    node("n1", 20 + (step * 7) % 80);
    node("n2", 20);
  }

  private void endRebalances() {
    for (var entry : poolCommands.entries()) {
      String key = entry.value().getIdempotencyKey();
      if (answered.add(key)) {
        topics.send(
            ControlTopic.POOL_EVENTS,
            "cluster",
            new PoolEvent(
                "cluster",
                now(),
                new RebalanceChanged(
                    "rb", RebalancePhase.DONE, false, List.of(key), 1, 1, 0, 40.0, 4.0, "test"),
                null));
      }
    }
  }

  private void node(String node, long provisioned) {
    topics.send(
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
                        .setCapacityBytes(100 * MIB)
                        .setFreeBytes(50 * MIB)
                        .setProvisionedBytes(provisioned * MIB)
                        .build()))
            .setUpdatedAt(now())
            .build());
  }

  private void carryOut() {
    for (var entry : commands.entries()) {
      if (answered.add(entry.value().getIdempotencyKey())) {
        ExpandVolume wanted = (ExpandVolume) entry.value().getDetail();
        describe(entry.key(), wanted.getSizeBytes() / MIB);
      }
    }
  }

  private void describe(String id, long mib) {
    sizes.put(id, mib);
    topics.send(ControlTopic.VOLUMES, id, Samples.volume(id, id, mib * MIB, Map.of()));
  }

  private void putInUse(String yaml) {
    String name = yaml.replaceAll("(?s).*\n  name: ([a-z-]+)\n.*", "$1");
    topics.send(
        ControlTopic.AUTOPILOT_RULES,
        name,
        new AutopilotRuleText(name, yaml, "rest", Instant.now()));
    assertThat(RuleDocument.only(name, yaml, rules.terms()).outcome())
        .isInstanceOf(RuleOutcome.Valid.class);
  }

  private static String resize(String name, String label, String key, String threshold) {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: %s
    spec:
      selector:
        matchLabels: {%s}
      pollInterval: 1
      conditions:
        expressions:
          - key: "%s"
            operator: Gt
            values: ["%s"]
      actions:
        - name: openstorage.io.action.volume/resize
          params:
            scalepercentage: "20"
      actionsCoolDownPeriod: 2
    """
        .formatted(name, label, key, threshold);
  }

  /** Its volume grows so fast that the forecast counts. */
  private static String kept() {
    return resize("kept", "tier: kept", "px_volume_usage_bytes / 1048576", "80")
        .replace("actionsCoolDownPeriod: 2", "actionsCoolDownPeriod: 20")
        .replace(
            "  name: kept\n", "  name: kept\n  annotations: {mooring.io/forecast: \"true\"}\n");
  }

  private static String evenPools() {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: even
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
  }

  private KafkaStreams service(ControlPlane controlPlane) throws IOException {
    LiveVolumes volumes = new LiveVolumes();
    ObjectBoard objects = new ObjectBoard();
    AutopilotParts parts =
        new AutopilotParts(
            settings,
            rules,
            volumes,
            objects,
            new AutopilotMetrics(new SimpleMeterRegistry(), rules, volumes, objects));
    Properties config = InstanceProcess.serviceConfig();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "autopilot-replayed");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, controlPlane.kafka().bootstrapServers());
    config.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve("state").toString());
    KafkaStreams streams =
        new KafkaStreams(AutopilotTopology.build(controlPlane.serdes(), parts), config);
    streams.start();
    return streams;
  }

  private static <T extends SpecificRecord> TopicLog<T> log(
      ControlPlane controlPlane, ControlTopic topic, Class<T> type) {
    return TopicLog.open(
        controlPlane.kafka().bootstrapServers(), controlPlane.serdes(), topic, type);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }
}
