package io.mooring.autopilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.autopilot.stream.Samples;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.VolumeCommand;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.TopicLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed: how soon it, or another, decides again; and each trigger once (I7). */
@Timeout(300)
class AutopilotKillIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration TICK = Duration.ofMillis(50);

  /** As the service has it. */
  private static final Duration SESSION = Duration.ofSeconds(6);

  /** Nobody who waits for its end decides within the test's patience. */
  private static final Duration LONG_SESSION = Duration.ofMinutes(5);

  private static final long MIB = 1L << 20;
  private static final int VOLUMES = 16;

  @TempDir private Path directory;

  private ControlPlane controlPlane;
  private ControlTopicDriver topics;
  private TopicLog<VolumeCommand> commands;
  private int filled;

  @BeforeEach
  void start() throws Exception {
    controlPlane = ControlPlane.start();
    topics = new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
    commands =
        TopicLog.open(
            controlPlane.kafka().bootstrapServers(),
            controlPlane.serdes(),
            ControlTopic.VOLUME_COMMANDS,
            VolumeCommand.class);
    topics.send(
        ControlTopic.AUTOPILOT_RULES,
        "kafka-resize",
        new AutopilotRuleText("kafka-resize", Samples.rule("1000Mi", ""), "test", Instant.now()));
    for (int i = 0; i < VOLUMES; i++) {
      topics.send(
          ControlTopic.VOLUMES,
          id(i),
          Samples.volume(id(i), id(i), 400 * MIB, Map.of("app", "kafka")));
    }
  }

  @AfterEach
  void stop() throws Exception {
    commands.close();
    topics.close();
    controlPlane.close();
  }

  @Test
  void aProcessThatIsStartedAgainDoesNotWaitForItsFormerSession() throws Exception {
    try (InstanceProcess first = instance("a", LONG_SESSION, true)) {
      fillOne();
      first.kill();
      try (InstanceProcess again = instance("a", LONG_SESSION, true)) {
        fillOne();
        again.kill();
      }
    }
    eachVolumeGotOneCommand();
  }

  @Test
  void anotherInstanceTakesOverWithinASession() throws Exception {
    try (InstanceProcess first = instance("a", SESSION, true)) {
      fillOne();
      try (InstanceProcess second = instance("b", SESSION, true)) {
        fillOne();
        first.kill();
        Duration took = fillAll();
        report("another instance, all partitions", took);
        second.kill();
      }
    }
    eachVolumeGotOneCommand();
  }

  /** Figures for the documents. */
  @Test
  @EnabledIfSystemProperty(named = "mooring.measure", matches = "[0-9]+")
  void takeoversWithAndWithoutANameAreMeasured() throws Exception {
    int rounds = Integer.getInteger("mooring.measure");
    for (boolean named : new boolean[] {false, true}) {
      for (int round = 0; round < rounds; round++) {
        String name = named + "-" + round;
        InstanceProcess first = instance(name, SESSION, named);
        fillOne();
        first.kill();
        Instant killed = Instant.now();
        try (InstanceProcess again = instance(name, SESSION, named)) {
          fillOne();
          report(named ? "named" : "without a name", Duration.between(killed, Instant.now()));
          again.kill();
        }
        // The next round is a group without members again.
        await().pollDelay(SESSION.plusSeconds(1)).until(() -> true);
      }
    }
  }

  private InstanceProcess instance(String name, Duration session, boolean named) throws Exception {
    return InstanceProcess.start(controlPlane, directory.resolve(name), session, named);
  }

  /** Fills one volume more, and returns when its resize is asked for. */
  private void fillOne() {
    int wanted = ++filled;
    await()
        .atMost(PATIENCE)
        .pollInterval(TICK)
        .untilAsserted(() -> {
          fill(wanted);
          assertThat(commands.entries()).hasSizeGreaterThanOrEqualTo(wanted);
        });
  }

  /** Fills all others. */
  private Duration fillAll() {
    Instant begin = Instant.now();
    filled = VOLUMES;
    await()
        .atMost(PATIENCE)
        .pollInterval(TICK)
        .untilAsserted(() -> {
          fill(VOLUMES);
          assertThat(commands.entries().stream().map(entry -> entry.key()).distinct())
              .hasSize(VOLUMES);
        });
    return Duration.between(begin, Instant.now());
  }

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      topics.send(
          ControlTopic.VOLUME_USAGE,
          id(i),
          Samples.usage(id(i), Instant.now(), 400 * MIB, 390 * MIB));
    }
  }

  private void eachVolumeGotOneCommand() {
    assertThat(commands.entries().stream().map(entry -> entry.key()))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, filled).mapToObj(AutopilotKillIT::id).toList());
  }

  private static String id(int i) {
    return "data-" + i;
  }

  private static void report(String what, Duration took) {
    System.out.printf("takeover by %s: %d ms%n", what, took.toMillis());
  }
}
