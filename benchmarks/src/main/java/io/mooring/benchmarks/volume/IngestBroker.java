package io.mooring.benchmarks.volume;

import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.kafka.KafkaSettings;
import io.mooring.localcluster.process.HostCommand;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Kafka broker, its own controller, with its logs where they are to be measured. */
final class IngestBroker {

  private static final Duration GRACE = Duration.ofSeconds(20);

  /**
   * As the local cluster's brokers have it: what is complete is written back while more arrives.
   */
  private static final int SEGMENT_BYTES = 32 << 20;

  private static final String CLUSTER_ID = "bW9vcmluZy1iZW5jaG1hcg";

  private final LocalProcess process;
  private final Path logs;
  private final int port;

  private IngestBroker(LocalProcess process, Path logs, int port) {
    this.process = process;
    this.logs = logs;
    this.port = port;
  }

  /** Starts a broker; returns when it takes requests. */
  static IngestBroker start(KafkaPrograms programs, Path configuration, Path logs)
      throws IOException, InterruptedException {
    int port = Loopback.freePort();
    Path properties = configuration.resolve("server.properties");
    KafkaPrograms.write(properties, settings(logs, port, Loopback.freePort()));
    HostCommand.run(programs.format(properties, CLUSTER_ID).toArray(String[]::new));
    LocalProcess process =
        LocalProcess.start(
            new ProcessSpec(
                "broker",
                programs.serve(properties, List.of()),
                Map.of(),
                configuration.resolve("broker.log")),
            List.of());
    try {
      Loopback.awaitAnswer(Loopback.port(port), process::isAlive);
    } catch (IOException e) {
      process.kill();
      throw e;
    }
    return new IngestBroker(process, logs, port);
  }

  private static Map<String, String> settings(Path logs, int port, int controllerPort) {
    Map<String, String> settings = new HashMap<>(KafkaSettings.common(logs));
    settings.putAll(KafkaSettings.internalTopics(1, 1));
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    return settings;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  Path logs() {
    return logs;
  }

  ProcessHandle handle() {
    return ProcessHandle.of(process.pid()).orElseThrow();
  }

  void stop() throws InterruptedException {
    process.stop(GRACE);
  }
}
