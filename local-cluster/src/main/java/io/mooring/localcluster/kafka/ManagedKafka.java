package io.mooring.localcluster.kafka;

import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.application.Manifest;
import io.mooring.localcluster.application.ObjectKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The Kafka cluster that is looked after, as objects: two stateful sets, its quorum and its
 * brokers, with what they need. Every pod keeps its data in its volume and has an address of its
 * own, so neither moves change who it is.
 */
public final class ManagedKafka {

  /** Name that the cluster goes by in broker events, and namespace of its claims. */
  public static final String NAME = "kafka";

  /** Name of the set of its controllers, and group of their volumes. */
  public static final String CONTROLLERS = "kafka-controller";

  private static final String BROKERS = "kafka-broker";

  /** Names of the brokers' pods, as the detector is told. */
  public static final String POD_NAMES = BROKERS + "-{id}";

  private static final String SUBNET = "10.77.1.";
  private static final int FIRST_CONTROLLER = 10;
  private static final int FIRST_BROKER = 100;
  private static final int CONTROLLER_PORT = 9093;
  private static final int BROKER_PORT = 9092;
  private static final int FIRST_CONTROLLER_ID = 1000;
  private static final String CLUSTER_ID = "bW9vcmluZy1tYW5hZ2VkIQ";
  private static final int ASKED_BROKERS = 4;
  private static final long CONTROLLER_VOLUME_BYTES = 512L << 20;

  private final int controllers;
  private final int brokers;
  private final long volumeBytes;
  private final VolumeFormat format;
  private final String repl;

  /**
   * Describes the cluster.
   *
   * @param repl replicas of each volume
   */
  public ManagedKafka(ClusterSettings.KafkaSize size, int repl) {
    this.repl = Integer.toString(repl);
    this.controllers = size.controllers();
    this.brokers = size.brokers();
    this.volumeBytes = size.volumeBytes();
    this.format = size.format();
  }

  /** Addresses for clients; empty if there are no brokers. */
  public String bootstrapServers() {
    return bootstrapServers(brokers);
  }

  /** Addresses for clients of a cluster with so many brokers, wherever it runs. */
  public static String bootstrapServers(int brokers) {
    return IntStream.range(0, brokers)
        .mapToObj(i -> SUBNET + (FIRST_BROKER + i) + ":" + BROKER_PORT)
        .collect(Collectors.joining(","));
  }

  /**
   * Addresses for clients of a cluster that may come from elsewhere, with any number of brokers:
   * one that answers is enough to find the others.
   */
  public static String arrivingBootstrapServers() {
    return bootstrapServers(ASKED_BROKERS);
  }

  /** Name of the pod of a broker. */
  public static String podOf(int brokerId) {
    return BROKERS + "-" + brokerId;
  }

  /** The quorum. */
  public List<Manifest> controllerObjects() {
    Part part = new Part(CONTROLLERS, "kafka-controller", FIRST_CONTROLLER, CONTROLLER_PORT);
    return part.objects(controllers, CONTROLLER_VOLUME_BYTES, VolumeFormat.EXT4, controllerData());
  }

  /** The brokers; their node ids in Kafka are their ordinals. */
  public List<Manifest> brokerObjects() {
    Part part = new Part(BROKERS, "kafka", FIRST_BROKER, BROKER_PORT);
    return part.objects(brokers, volumeBytes, format, brokerData());
  }

  private Map<String, String> controllerData() {
    Map<String, String> data = commonData();
    data.put("process.roles", "controller");
    data.put(KafkaPodTemplate.FIRST_NODE_ID, Integer.toString(FIRST_CONTROLLER_ID));
    data.put("listeners", "CONTROLLER://" + KafkaPodTemplate.ADDRESS + ":" + CONTROLLER_PORT);
    return data;
  }

  private Map<String, String> brokerData() {
    Map<String, String> data = commonData();
    data.put("process.roles", "broker");
    data.put(KafkaPodTemplate.FIRST_NODE_ID, "0");
    data.put("listeners", "PLAINTEXT://" + KafkaPodTemplate.ADDRESS + ":" + BROKER_PORT);
    data.putAll(KafkaSettings.internalTopics(Math.min(2, brokers), 1));
    // A broker that comes back reads again what was not yet known to be on disk: at most the open
    // segment of each partition. Small segments keep that short.
    data.put("log.segment.bytes", Integer.toString(32 << 20));
    return data;
  }

  private Map<String, String> commonData() {
    Map<String, String> data = new HashMap<>(KafkaSettings.common(Path.of("data")));
    // It depends on where the volume is mounted, which is the pod's to know.
    data.remove("log.dirs");
    data.put(KafkaPodTemplate.CLUSTER_ID, CLUSTER_ID);
    data.put("controller.quorum.voters", quorum());
    // Kafka refuses a broker's next incarnation until the session of the last one has ended.
    data.put("broker.session.timeout.ms", "2500");
    data.put("broker.heartbeat.interval.ms", "500");
    return data;
  }

  private String quorum() {
    return IntStream.range(0, controllers)
        .mapToObj(i ->
            (FIRST_CONTROLLER_ID + i)
                + "@"
                + SUBNET
                + (FIRST_CONTROLLER + i)
                + ":"
                + CONTROLLER_PORT)
        .collect(Collectors.joining(","));
  }

  /**
   * Pods of one role.
   *
   * @param app label by which rules of the autopilot select their volumes, beside the namespace
   */
  private final class Part {

    private final String name;
    private final Map<String, String> labels;
    private final int firstAddress;
    private final int port;

    Part(String name, String app, int firstAddress, int port) {
      this.name = name;
      this.labels = Map.of("app", app);
      this.firstAddress = firstAddress;
      this.port = port;
    }

    List<Manifest> objects(
        int pods, long volumeBytes, VolumeFormat fileSystem, Map<String, String> data) {
      return List.of(
          storageClass(fileSystem),
          object(ObjectKind.CONFIG_MAP, Map.of("data", data)),
          service(),
          statefulSet(pods, volumeBytes));
    }

    private Manifest storageClass(VolumeFormat fileSystem) {
      Map<String, String> parameters = new HashMap<>(labels);
      parameters.put("repl", repl);
      parameters.put("fs", fileSystem.parameter());
      parameters.put("group", name);
      return object(
          ObjectKind.STORAGE_CLASS,
          Map.of(
              "provisioner",
              "mooring.io",
              "parameters",
              parameters,
              "mountOptions",
              fileSystem.mountOptions()));
    }

    private Manifest service() {
      Manifest service =
          object(
              ObjectKind.SERVICE,
              Map.of(
                  "spec",
                  Map.of(
                      "clusterIP",
                      "None",
                      "selector",
                      labels,
                      "ports",
                      List.of(Map.of("name", "kafka", "port", port)))));
      return service.annotated(KafkaPodTemplate.FIRST_ADDRESS, SUBNET + firstAddress);
    }

    private Manifest statefulSet(int pods, long volumeBytes) {
      Map<String, ?> template =
          Map.of(
              "metadata",
              Map.of("labels", labels),
              "spec",
              Map.of(
                  "containers",
                  List.of(Map.of("name", "kafka", "image", KafkaPodTemplate.IMAGE.pattern())),
                  "volumes",
                  List.of(Map.of("name", "settings", "configMap", Map.of("name", name)))));
      Map<String, ?> claim =
          Map.of(
              "metadata",
              Map.of("name", "data"),
              "spec",
              Map.of(
                  "accessModes",
                  List.of("ReadWriteOnce"),
                  "storageClassName",
                  name,
                  "resources",
                  Map.of("requests", Map.of("storage", Long.toString(volumeBytes)))));
      return object(
          ObjectKind.STATEFUL_SET,
          Map.of(
              "spec",
              Map.of(
                  "replicas",
                  pods,
                  "serviceName",
                  name,
                  "selector",
                  Map.of("matchLabels", labels),
                  "template",
                  template,
                  "volumeClaimTemplates",
                  List.of(claim))));
    }

    private Manifest object(ObjectKind kind, Map<String, ?> parts) {
      return Manifest.of(kind, NAME, name, labels, parts);
    }
  }
}
