package io.mooring.autopilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.stream.AutopilotMetrics;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.mooring.autopilot.stream.AutopilotTopology;
import io.mooring.autopilot.stream.LiveVolumes;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.stream.Samples;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ResizeHeldBack;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeCommand;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.TopicLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances with the service's own Kafka Streams configuration that follow one another, each on an
 * empty disk: what one has decided, the next neither forgets nor repeats (I7).
 */
@Tag("long")
class AutopilotTakeoverIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration TICK = Duration.ofMillis(200);
  private static final long MIB = 1L << 20;
  private static final String ID = "data-0";

  @TempDir private Path directory;

  @Test
  void oneTriggerLeadsToOneResizeAcrossInstances() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        var topics =
            new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
        var commands =
            TopicLog.open(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                ControlTopic.VOLUME_COMMANDS,
                VolumeCommand.class);
        var events =
            TopicLog.open(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                ControlTopic.AUTOPILOT_EVENTS,
                AutopilotEvent.class)) {
      topics.send(
          ControlTopic.AUTOPILOT_RULES,
          "kafka-resize",
          new AutopilotRuleText("kafka-resize", Samples.rule("1000Mi", ""), "test", Instant.now()));
      volume(topics, 400 * MIB);
      try (Instance first = new Instance("a1", controlPlane)) {
        repeatedly(() -> {
          usage(topics, 400 * MIB, 330 * MIB);
          assertThat(commands.entries()).hasSize(1);
          assertThat(first.phase()).isEqualTo(RulePhase.ActiveActionsInProgress);
        });
      }
      try (Instance second = new Instance("a2", controlPlane)) {
        // The growth is still on its way: what is measured meanwhile is no new trigger.
        usage(topics, 400 * MIB, 390 * MIB);
        volume(topics, 800 * MIB);
        repeatedly(() -> {
          usage(topics, 800 * MIB, 330 * MIB);
          assertThat(second.phase()).isEqualTo(RulePhase.ActiveActionsTaken);
        });
      }
      try (Instance third = new Instance("a3", controlPlane)) {
        repeatedly(() -> {
          usage(topics, 800 * MIB, 700 * MIB);
          assertThat(events.entries())
              .anyMatch(entry -> entry.value().getDetail() instanceof ResizeHeldBack);
        });
        assertThat(third.phase()).isEqualTo(RulePhase.ActiveActionsTaken);
      }
      assertThat(commands.entries()).hasSize(1);
    }
  }

  @Test
  void aCrashBetweenAnyTwoStepsRepeatsAllOfThemOrNone() throws Exception {
    CrashingMeters meters = new CrashingMeters();
    try (ControlPlane controlPlane = ControlPlane.start();
        var topics =
            new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
        var commands =
            TopicLog.open(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                ControlTopic.VOLUME_COMMANDS,
                VolumeCommand.class);
        var events =
            TopicLog.open(
                controlPlane.kafka().bootstrapServers(),
                controlPlane.serdes(),
                ControlTopic.AUTOPILOT_EVENTS,
                AutopilotEvent.class)) {
      topics.send(
          ControlTopic.AUTOPILOT_RULES,
          "kafka-resize",
          new AutopilotRuleText("kafka-resize", Samples.rule("1000Mi", ""), "test", Instant.now()));
      volume(topics, 400 * MIB);
      try (Instance instance = new Instance("c1", controlPlane, meters)) {
        repeatedly(() -> {
          usage(topics, 400 * MIB, 330 * MIB);
          assertThat(instance.phase()).isEqualTo(RulePhase.ActiveActionsInProgress);
        });
        volume(topics, 800 * MIB);
        repeatedly(() -> {
          usage(topics, 800 * MIB, 330 * MIB);
          assertThat(instance.phase()).isEqualTo(RulePhase.ActiveActionsTaken);
        });
      }
      assertThat(meters.crashes())
          .contains("SELECTED", "CONDITIONS_MET", "ACTION_DECIDED", "ACTION_STARTED", "ACTION_DONE")
          .contains("mooring.autopilot.resizes");
      repeatedly(() -> assertThat(commands.entries()).hasSize(1));
      assertThat(
              events.entries().stream()
                  .map(entry -> entry.value().getDetail())
                  .filter(RuleMoved.class::isInstance)
                  .map(detail -> ((RuleMoved) detail).getReason()))
          .containsExactly(
              "SELECTED", "CONDITIONS_MET", "ACTION_DECIDED", "ACTION_STARTED", "ACTION_DONE");
    }
  }

  private static void repeatedly(ThrowingRunnable step) {
    // That a stream thread dies is what one of the tests is about.
    await().dontCatchUncaughtExceptions().atMost(PATIENCE).pollInterval(TICK).untilAsserted(step);
  }

  private static void volume(ControlTopicDriver topics, long sizeBytes) {
    topics.send(
        ControlTopic.VOLUMES, ID, Samples.volume(ID, ID, sizeBytes, Map.of("app", "kafka")));
  }

  private static void usage(ControlTopicDriver topics, long capacityBytes, long usedBytes) {
    topics.send(
        ControlTopic.VOLUME_USAGE, ID, Samples.usage(ID, Instant.now(), capacityBytes, usedBytes));
  }

  private final class Instance implements AutoCloseable {

    private final ObjectBoard objects = new ObjectBoard();
    private final KafkaStreams streams;

    Instance(String name, ControlPlane controlPlane) throws IOException {
      this(name, controlPlane, new SimpleMeterRegistry());
    }

    Instance(String name, ControlPlane controlPlane, MeterRegistry meters) throws IOException {
      RuleLibrary rules = new RuleLibrary(QueryTerms.NONE);
      LiveVolumes volumes = new LiveVolumes();
      AutopilotParts parts =
          new AutopilotParts(
              new AutopilotSettings(
                  "/mooring/autopilot/" + name,
                  Duration.ofMinutes(2),
                  Duration.ofSeconds(1),
                  Duration.ofMinutes(5)),
              rules,
              volumes,
              objects,
              new AutopilotMetrics(meters, rules, volumes, objects));
      Properties config = InstanceProcess.serviceConfig();
      config.put(StreamsConfig.APPLICATION_ID_CONFIG, "autopilot-takeover");
      config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, controlPlane.kafka().bootstrapServers());
      config.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve(name).toString());
      streams = new KafkaStreams(AutopilotTopology.build(controlPlane.serdes(), parts), config);
      streams.setUncaughtExceptionHandler(new StreamThreadReplacement());
      streams.start();
    }

    RulePhase phase() {
      return objects.all().stream()
          .findFirst()
          .map(state -> state.getPhase())
          .orElse(RulePhase.Initializing);
    }

    @Override
    public void close() {
      streams.close(Duration.ofSeconds(20));
    }
  }
}
