package io.mooring.autopilot;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.stream.AutopilotMetrics;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.mooring.autopilot.stream.AutopilotTopology;
import io.mooring.autopilot.stream.LiveVolumes;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.RegistrySettings;
import io.mooring.streams.StaticMembership;
import io.mooring.testsupport.ControlPlane;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The autopilot's topology with the service's own Kafka Streams configuration, in a JVM that can be
 * killed. It ends when its parent does, which it learns by the end of its input.
 */
public final class InstanceProcess implements AutoCloseable {

  private static final String STREAMS_PREFIX = "kafka-streams.";
  private static final String APPLICATION = "autopilot-killed";

  private final Process process;

  private InstanceProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param session how long its group waits for one that was killed
   * @param named whether the group knows it by a name
   */
  static InstanceProcess start(
      ControlPlane controlPlane, Path directory, Duration session, boolean named)
      throws IOException {
    return new InstanceProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    InstanceProcess.class.getName(),
                    controlPlane.kafka().bootstrapServers(),
                    controlPlane.registry().url().toString(),
                    directory.toString(),
                    Long.toString(session.toMillis()),
                    Boolean.toString(named)))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    directory.resolveSibling(directory.getFileName() + ".log").toFile()))
            .start());
  }

  /** SIGKILL; returns when the process is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  public static void main(String[] arguments) throws IOException {
    Properties config = serviceConfig();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    config.put(StreamsConfig.STATE_DIR_CONFIG, arguments[2]);
    config.put("consumer.session.timeout.ms", arguments[3]);
    ControlSerdes serdes =
        ControlSerdes.connect(new RegistrySettings(URI.create(arguments[1]), true));
    var topology = AutopilotTopology.build(serdes, parts());
    KafkaStreams streams =
        Boolean.parseBoolean(arguments[4])
            ? new KafkaStreams(
                topology, config, StaticMembership.in(Path.of(arguments[2]), APPLICATION))
            : new KafkaStreams(topology, config);
    streams.setUncaughtExceptionHandler(new StreamThreadReplacement());
    streams.start();
    while (System.in.read() >= 0) {
      // Nobody writes: what counts is the end.
    }
    System.exit(0);
  }

  private static AutopilotParts parts() {
    RuleLibrary rules = new RuleLibrary(QueryTerms.NONE);
    LiveVolumes volumes = new LiveVolumes();
    ObjectBoard objects = new ObjectBoard();
    return new AutopilotParts(
        new AutopilotSettings(
            "/mooring/autopilot/killed",
            Duration.ofMinutes(2),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5)),
        rules,
        volumes,
        objects,
        new AutopilotMetrics(new SimpleMeterRegistry(), rules, volumes, objects));
  }

  /** What the service itself sets for Kafka Streams. */
  public static Properties serviceConfig() throws IOException {
    Properties all = new Properties();
    try (InputStream in = InstanceProcess.class.getResourceAsStream("/application.properties")) {
      all.load(in);
    }
    Properties streams = new Properties();
    all.stringPropertyNames().stream()
        .filter(key -> key.startsWith(STREAMS_PREFIX))
        .forEach(key -> streams.put(key.substring(STREAMS_PREFIX.length()), all.getProperty(key)));
    return streams;
  }
}
