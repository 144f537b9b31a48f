package io.mooring.benchmarks.autopilot;

import io.mooring.localcluster.Installation;
import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.kafka.KafkaSettings;
import io.mooring.localcluster.process.Await;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.JavaProgram;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopics;
import io.mooring.schemas.RegistrySettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * The service as it is deployed: control Kafka, schema registry and instances of the autopilot,
 * each a process of its own, on the loopback interface. It needs no privileges.
 */
final class ServiceBed implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final String CLUSTER_ID = "bW9vcmluZy1jb250cm9sLQ";
  private static final String HOST = "127.0.0.1";

  private final Installation installation;
  private final Path directory;
  private final Path rules;
  private final String bootstrapServers;
  private final URI registry;
  private final Deque<LocalProcess> processes = new ArrayDeque<>();

  private ServiceBed(Path home, Path directory, String rulesText) throws IOException {
    this.installation = new Installation(home);
    this.directory = directory;
    this.rules = Files.writeString(directory.resolve("rules.yaml"), rulesText);
    this.bootstrapServers = HOST + ":" + freePort();
    this.registry = URI.create("http://" + HOST + ":" + freePort() + "/apis/registry/v3");
  }

  /**
   * Starts Kafka and the registry, with all control topics.
   *
   * @param home root of the repository
   * @param rulesText rules that instances start with
   */
  static ServiceBed start(Path home, String rulesText) throws IOException, InterruptedException {
    ServiceBed bed =
        new ServiceBed(home, Files.createTempDirectory("mooring-bench-autopilot-"), rulesText);
    try {
      bed.startRegistry();
      bed.startKafka();
      return bed;
    } catch (IOException | InterruptedException | RuntimeException e) {
      bed.close();
      throw e;
    }
  }

  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", bootstrapServers);
  }

  ControlSerdes serdes() {
    return ControlSerdes.connect(new RegistrySettings(registry, true));
  }

  /**
   * Starts an instance and returns when it is ready.
   *
   * @param heap of its JVM, such as {@code 3g}
   */
  ServiceInstance startInstance(String name, String heap) throws IOException, InterruptedException {
    int port = freePort();
    Map<String, String> settings = new HashMap<>();
    settings.put("quarkus.http.host", HOST);
    settings.put("quarkus.http.port", Integer.toString(port));
    settings.put("kafka.bootstrap.servers", bootstrapServers);
    settings.put("mooring.autopilot.registry.url", registry.toString());
    settings.put("mooring.autopilot.instance", name);
    settings.put("mooring.autopilot.rules-file", rules.toString());
    // Measurements wait in a backlog here; to a service they come as they are made.
    settings.put("mooring.autopilot.samples.age-max", "1h");
    settings.put("kafka-streams.state.dir", directory.resolve(name).toString());
    List<String> tuning = List.of("-XX:+UseSerialGC", "-Xmx" + heap);
    JavaProgram program =
        new JavaProgram(
            name,
            List.of("-jar", installation.serviceJar("autopilot").toString()),
            List.of(),
            tuning);
    LocalProcess process = run(name, program.command(List.of(), settings, List.of()));
    ServiceInstance instance =
        new ServiceInstance(URI.create("http://" + HOST + ":" + port), process.pid());
    Await.until(name + " is ready", log(name), START_LIMIT, instance::isReady);
    return instance;
  }

  private void startRegistry() throws IOException, InterruptedException {
    Map<String, String> settings = new HashMap<>();
    settings.put("quarkus.http.host", HOST);
    settings.put("quarkus.http.port", Integer.toString(registry.getPort()));
    settings.put("quarkus.management.host", HOST);
    settings.put("quarkus.management.port", Integer.toString(freePort()));
    JavaProgram program =
        new JavaProgram(
            "registry",
            List.of("-jar", installation.registryJar().toString()),
            List.of(),
            JavaProgram.CONTROL_PLANE);
    run("registry", program.command(List.of(), settings, List.of()));
    URI info = URI.create(registry + "/system/info");
    Await.until(
        "the schema registry serves",
        log("registry"),
        START_LIMIT,
        () -> ServiceInstance.answers(info));
  }

  private void startKafka() throws IOException, InterruptedException {
    KafkaPrograms programs =
        new KafkaPrograms(
            installation.kafkaJars(), new ClassArchives(installation.classArchives()));
    String controller = HOST + ":" + freePort();
    Map<String, String> properties =
        new HashMap<>(KafkaSettings.common(directory.resolve("kafka")));
    properties.putAll(KafkaSettings.internalTopics(1, 1));
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("listeners", "PLAINTEXT://" + bootstrapServers + ",CONTROLLER://" + controller);
    properties.put("controller.quorum.voters", "1@" + controller);
    Path file = directory.resolve("server.properties");
    KafkaPrograms.write(file, properties);
    run("kafka-format", programs.format(file, CLUSTER_ID)).await();
    run("kafka", programs.serve(file, List.of()));
    try (Admin admin = Admin.create(kafka())) {
      Await.until("Kafka serves", log("kafka"), START_LIMIT, () -> serves(admin));
      ControlTopics.createMissing(admin, 1);
    }
  }

  private static boolean serves(Admin admin) throws InterruptedException {
    try {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException _) {
      return false;
    }
  }

  private LocalProcess run(String name, List<String> command) {
    LocalProcess process =
        LocalProcess.start(new ProcessSpec(name, command, Map.of(), log(name)), List.of());
    processes.push(process);
    return process;
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      for (LocalProcess process : new ArrayList<>(processes)) {
        process.stop(GRACE);
      }
    } catch (InterruptedException e) {
      processes.forEach(LocalProcess::kill);
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
