package io.mooring.testsupport;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka cluster inside this JVM. Broker 1 is also the only controller; the others may be
 * stopped and started again, each with its address and data.
 */
public final class KafkaCluster implements AutoCloseable {

  /** Node that holds the metadata quorum; it lives as long as the cluster. */
  public static final int CONTROLLER_BROKER = 1;

  private static final String HOST = "127.0.0.1";

  private final TemporaryDirectory data = new TemporaryDirectory("mooring-kafka-");
  private final String clusterId;
  private final List<Integer> ports;
  private final Map<Integer, Integer> advertisedPorts;
  private final int controllerPort;
  private final Map<Integer, KafkaRaftServer> running = new TreeMap<>();

  private KafkaCluster(int brokers, String clusterId, Map<Integer, Integer> advertisedPorts) {
    this.clusterId = clusterId;
    this.advertisedPorts = advertisedPorts;
    List<Integer> found = FreePorts.find(brokers + 1);
    this.controllerPort = found.getFirst();
    this.ports = found.subList(1, found.size());
  }

  /** Starts a cluster of that many brokers and returns when all of them run. */
  public static KafkaCluster start(int brokers) {
    return start(brokers, Map.of());
  }

  /**
   * Starts a cluster some of whose brokers tell their clients another port than their own.
   *
   * @param advertisedPorts by broker
   */
  public static KafkaCluster start(int brokers, Map<Integer, Integer> advertisedPorts) {
    KafkaCluster cluster = new KafkaCluster(brokers, Uuid.randomUuid().toString(), advertisedPorts);
    for (int id = CONTROLLER_BROKER; id <= brokers; id++) {
      cluster.format(id);
      cluster.startBroker(id);
    }
    return cluster;
  }

  /**
   * Copies the directories of all brokers while they run, as a snapshot of their volumes would, and
   * starts brokers on the copy. Metadata comes first, so that whoever it calls in sync has all that
   * was committed then.
   *
   * @param change may spoil the copy before the brokers see it; gets the directories in order
   */
  public KafkaCluster copy(Consumer<List<Path>> change) {
    KafkaCluster copy = new KafkaCluster(ports.size(), clusterId, Map.of());
    try {
      LogCopies copies = new LogCopies();
      List<Path> directories = new ArrayList<>();
      for (int id = CONTROLLER_BROKER; id <= ports.size(); id++) {
        directories.add(copy.directory(id));
        copies.add(directory(id), copy.directory(id));
      }
      copies.make();
      change.accept(directories);
      for (int id = CONTROLLER_BROKER; id <= ports.size(); id++) {
        copy.startBroker(id);
      }
      return copy;
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  public String bootstrapServers() {
    return IntStream.rangeClosed(CONTROLLER_BROKER, ports.size())
        .mapToObj(id -> HOST + ":" + port(id))
        .collect(Collectors.joining(","));
  }

  public void startBroker(int id) {
    if (running.containsKey(id)) {
      throw new IllegalStateException("broker " + id + " runs already");
    }
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(config(id)), Time.SYSTEM);
    server.startup();
    running.put(id, server);
  }

  /** Stops a broker in order: it hands its leaderships over first. */
  public void stopBroker(int id) {
    if (id == CONTROLLER_BROKER) {
      throw new IllegalArgumentException("broker 1 is the only controller and stays");
    }
    stop(id);
  }

  private void stop(int id) {
    KafkaRaftServer server = running.remove(id);
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
    }
  }

  @Override
  public void close() {
    for (int id = ports.size(); id >= CONTROLLER_BROKER; id--) {
      stop(id);
    }
    data.close();
  }

  /** Where a broker listens, which may not be what it tells its clients. */
  public int port(int id) {
    return ports.get(id - CONTROLLER_BROKER);
  }

  private Path directory(int id) {
    return data.path().resolve("broker-" + id);
  }

  private void format(int id) {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
          .setClusterId(clusterId)
          .setNodeId(id)
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory(id).toString())
          .addDirectory(directory(id).toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("could not format the directory of broker " + id, e);
    }
  }

  private Properties config(int id) {
    boolean controller = id == CONTROLLER_BROKER;
    String host = "PLAINTEXT://" + HOST + ":";
    String listener = host + port(id);
    Properties config = new Properties();
    config.putAll(
        Map.of(
            "node.id",
            Integer.toString(id),
            "process.roles",
            controller ? "broker,controller" : "broker",
            "listeners",
            controller ? listener + ",CONTROLLER://" + HOST + ":" + controllerPort : listener,
            "advertised.listeners",
            host + advertisedPorts.getOrDefault(id, port(id)),
            "listener.security.protocol.map",
            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names",
            "CONTROLLER",
            "controller.quorum.voters",
            CONTROLLER_BROKER + "@" + HOST + ":" + controllerPort,
            "log.dirs",
            directory(id).toString()));
    config.putAll(SMALL_MACHINE);
    return config;
  }

  private static final Map<String, String> SMALL_MACHINE =
      Map.ofEntries(
          Map.entry("offsets.topic.num.partitions", "4"),
          Map.entry("offsets.topic.replication.factor", "1"),
          Map.entry("transaction.state.log.num.partitions", "4"),
          Map.entry("transaction.state.log.replication.factor", "1"),
          Map.entry("transaction.state.log.min.isr", "1"),
          Map.entry("share.coordinator.state.topic.replication.factor", "1"),
          Map.entry("share.coordinator.state.topic.min.isr", "1"),
          Map.entry("group.initial.rebalance.delay.ms", "0"),
          Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
          Map.entry("num.network.threads", "2"),
          Map.entry("num.io.threads", "2"),
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("broker.session.timeout.ms", "6000"));
}
