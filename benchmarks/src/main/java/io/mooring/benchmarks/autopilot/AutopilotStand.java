package io.mooring.benchmarks.autopilot;

import io.mooring.benchmarks.volume.IngestBroker;
import io.mooring.benchmarks.volume.Loopback;
import io.mooring.localcluster.Installation;
import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopics;
import io.mooring.schemas.RegistrySettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/** A control Kafka, a schema registry and instances of the autopilot, each a process. */
final class AutopilotStand {

  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Installation installation;
  private final Path directory;
  private final IngestBroker broker;
  private final List<LocalProcess> processes = new ArrayList<>();
  private final URI registry;

  private AutopilotStand(
      Installation installation, Path directory, IngestBroker broker, URI registry) {
    this.installation = installation;
    this.directory = directory;
    this.broker = broker;
    this.registry = registry;
  }

  /** Starts Kafka with all control topics, and the registry. */
  static AutopilotStand start(Path home, Path directory) throws IOException, InterruptedException {
    Installation installation = new Installation(home);
    KafkaPrograms programs =
        new KafkaPrograms(
            installation.kafkaJars(), new ClassArchives(installation.classArchives()));
    IngestBroker broker =
        IngestBroker.start(programs, directory.resolve("kafka"), directory.resolve("kafka/data"));
    int port = Loopback.freePort();
    URI registry = URI.create("http://127.0.0.1:%d/apis/registry/v3".formatted(port));
    AutopilotStand stand = new AutopilotStand(installation, directory, broker, registry);
    try (Admin admin = Admin.create(stand.clientConfig())) {
      ControlTopics.createMissing(admin, 1);
      stand.startRegistry(port);
      return stand;
    } catch (IOException | InterruptedException | RuntimeException e) {
      stand.stop();
      throw e;
    }
  }

  private void startRegistry(int port) throws IOException, InterruptedException {
    start(
        "registry",
        port,
        "256m",
        installation.registryJar(),
        Map.of(
            "quarkus.management.host",
            "127.0.0.1",
            "quarkus.management.port",
            Integer.toString(Loopback.freePort()),
            "apicurio.datasource.jdbc.initial-size",
            "2",
            "apicurio.datasource.jdbc.min-size",
            "2"));
  }

  /**
   * Starts an instance of the autopilot; returns when it takes requests.
   *
   * @param heap as the JVM takes it
   */
  AutopilotInstance startAutopilot(String name, String heap)
      throws IOException, InterruptedException {
    int port = Loopback.freePort();
    LocalProcess process =
        start(
            name,
            port,
            heap,
            installation.serviceJar("autopilot"),
            Map.of(
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "mp.messaging.connector.smallrye-kafka.apicurio.registry.url",
                registry.toString(),
                "kafka-streams.state.dir",
                directory.resolve(name).toString(),
                "mooring.autopilot.instance",
                name,
                // What waits in the topic while the generator runs ahead is measured too.
                "mooring.autopilot.samples.age-max",
                "24h"));
    return new AutopilotInstance(port, process);
  }

  private LocalProcess start(
      String name, int port, String heap, Path jar, Map<String, String> settings)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+UseSerialGC");
    command.add("-Dquarkus.http.host=127.0.0.1");
    command.add("-Dquarkus.http.port=" + port);
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("-jar");
    command.add(jar.toString());
    LocalProcess process =
        LocalProcess.start(
            new ProcessSpec(name, command, Map.of(), directory.resolve(name + ".log")), List.of());
    processes.add(process);
    Loopback.awaitAnswer(Loopback.port(port), process::isAlive);
    return process;
  }

  Map<String, Object> clientConfig() {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
  }

  ControlSerdes serdes() {
    return ControlSerdes.connect(new RegistrySettings(registry, true));
  }

  /** Ends all processes. */
  void stop() throws InterruptedException {
    // What has interrupted the work must not interrupt the cleaning up as well.
    Thread.interrupted();
    for (LocalProcess process : processes.reversed()) {
      process.stop(GRACE);
    }
    broker.stop();
  }
}
