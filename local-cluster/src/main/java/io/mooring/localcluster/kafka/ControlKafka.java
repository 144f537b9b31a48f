package io.mooring.localcluster.kafka;

import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessStarter;
import io.mooring.localcluster.process.SupervisedProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The Kafka cluster of the control topics. It is apart from the managed one, so that the system
 * never depends on the brokers that it is rescuing.
 */
public final class ControlKafka {

  private static final int FIRST_PORT = 9092;
  private static final int PORT_STEP = 100;
  // Any 16 bytes will do, as long as they are the same at every start.
  private static final String CLUSTER_ID = "bW9vcmluZy1jb250cm9sLQ";

  private final KafkaPrograms programs;
  private final ProcessStarter starter;
  private final Function<String, Path> dataOf;
  private final int size;
  private final List<SupervisedProcess> processes;

  /**
   * Prepares the cluster.
   *
   * @param size processes, each broker and controller in one
   * @param dataOf where a process keeps its data and settings
   */
  public ControlKafka(
      KafkaPrograms programs, ProcessStarter starter, int size, Function<String, Path> dataOf) {
    this.programs = programs;
    this.starter = starter;
    this.size = size;
    this.dataOf = dataOf;
    this.processes =
        IntStream.range(0, size)
            .mapToObj(i -> new SupervisedProcess(name(i), () -> startProcess(i)))
            .toList();
  }

  /** Addresses for clients. */
  public String bootstrapServers() {
    return IntStream.range(0, size)
        .mapToObj(i -> ClusterNetwork.CONTROL_ADDRESS + ":" + clientPort(i))
        .collect(Collectors.joining(","));
  }

  /** Formats what is new and starts the processes. */
  public void start() throws InterruptedException {
    List<LocalProcess> formatters = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (!Files.exists(dataOf.apply(name(i)).resolve("data/meta.properties"))) {
        Path properties = writeProperties(i);
        formatters.add(starter.start(name(i) + "-format", programs.format(properties, CLUSTER_ID)));
      }
    }
    for (LocalProcess formatter : formatters) {
      formatter.await();
    }
    processes.forEach(SupervisedProcess::start);
  }

  /** Stops the processes; SIGKILL for each after {@code grace}. */
  public void stop(Duration grace) throws InterruptedException {
    for (SupervisedProcess process : processes) {
      process.stop(grace);
    }
  }

  /** SIGKILL for every process, none of which is started again. */
  public void kill() throws InterruptedException {
    for (SupervisedProcess process : processes) {
      process.kill();
    }
  }

  public List<SupervisedProcess> processes() {
    return processes;
  }

  private LocalProcess startProcess(int index) {
    return starter.start(
        name(index),
        programs.serve(
            dataOf.apply(name(index)).resolve("server.properties"),
            starter.archiveOptions(programs.broker())));
  }

  private Path writeProperties(int index) {
    Path directory = dataOf.apply(name(index));
    Path file = directory.resolve("server.properties");
    KafkaPrograms.write(file, properties(index, directory.resolve("data")));
    return file;
  }

  private Map<String, String> properties(int index, Path data) {
    String address = ClusterNetwork.CONTROL_ADDRESS + ":";
    Map<String, String> properties = new HashMap<>(KafkaSettings.common(data));
    properties.putAll(KafkaSettings.internalTopics(size, size == 1 ? 1 : 2));
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(index + 1));
    properties.put(
        "listeners",
        "PLAINTEXT://"
            + address
            + clientPort(index)
            + ",CONTROLLER://"
            + address
            + (clientPort(index) + 1));
    properties.put(
        "controller.quorum.voters",
        IntStream.range(0, size)
            .mapToObj(i -> (i + 1) + "@" + address + (clientPort(i) + 1))
            .collect(Collectors.joining(",")));
    properties.put("log.segment.bytes", "16777216");
    return properties;
  }

  private static int clientPort(int index) {
    return FIRST_PORT + index * PORT_STEP;
  }

  private static String name(int index) {
    return "control-kafka-" + index;
  }
}
