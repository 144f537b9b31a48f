package io.mooring.localcluster.kafka;

import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.orchestrator.PodIdentity;
import io.mooring.localcluster.orchestrator.PodTemplate;
import io.mooring.localcluster.orchestrator.StatefulSet;
import io.mooring.localcluster.orchestrator.VolumeClaim;
import io.mooring.localcluster.process.ClassArchives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The Kafka cluster that is looked after, as two stateful sets: its quorum and its brokers. Every
 * pod keeps its data in its volume and has an address of its own, so neither moves change who it
 * is.
 */
public final class ManagedKafka {

  /** Name that the cluster goes by in broker events, and namespace of its claims. */
  public static final String NAME = "kafka";

  private static final String CONTROLLERS = "kafka-controller";
  private static final String BROKERS = "kafka-broker";
  private static final String SUBNET = "10.77.1.";
  private static final int FIRST_CONTROLLER = 10;
  private static final int FIRST_BROKER = 100;
  private static final int CONTROLLER_PORT = 9093;
  private static final int BROKER_PORT = 9092;
  private static final int FIRST_CONTROLLER_ID = 1000;
  private static final String CLUSTER_ID = "bW9vcmluZy1tYW5hZ2VkIQ";
  private static final long CONTROLLER_VOLUME_BYTES = 512L << 20;

  private final KafkaPrograms programs;
  private final ClassArchives archives;
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
  public ManagedKafka(
      KafkaPrograms programs, ClassArchives archives, ClusterSettings.KafkaSize size, int repl) {
    this.repl = Integer.toString(repl);
    this.programs = programs;
    this.archives = archives;
    this.controllers = size.controllers();
    this.brokers = size.brokers();
    this.volumeBytes = size.volumeBytes();
    this.format = size.format();
  }

  /** Addresses for clients. */
  public String bootstrapServers() {
    return IntStream.range(0, brokers)
        .mapToObj(i -> SUBNET + (FIRST_BROKER + i) + ":" + BROKER_PORT)
        .collect(Collectors.joining(","));
  }

  /** Name of the pod of a broker. */
  public static String podOf(int brokerId) {
    return BROKERS + "-" + brokerId;
  }

  /** The quorum. */
  public StatefulSet controllerSet() {
    return new StatefulSet(
        CONTROLLERS,
        controllers,
        claim(CONTROLLERS, CONTROLLER_VOLUME_BYTES, VolumeFormat.EXT4, "kafka-controller"),
        new Template(FIRST_CONTROLLER, CONTROLLER_PORT, this::controllerSettings));
  }

  /** The brokers; their node ids in Kafka are their ordinals. */
  public StatefulSet brokerSet() {
    return new StatefulSet(
        BROKERS,
        brokers,
        claim(BROKERS, volumeBytes, format, "kafka"),
        new Template(FIRST_BROKER, BROKER_PORT, this::brokerSettings));
  }

  /** Rules of the autopilot select volumes by {@code app} and by the claim's namespace. */
  private VolumeClaim claim(String group, long bytes, VolumeFormat fileSystem, String app) {
    return new VolumeClaim(
        "data",
        bytes,
        NAME,
        Map.of("repl", repl, "fs", fileSystem.parameter(), "group", group, "app", app),
        fileSystem.mountOptions());
  }

  private Map<String, String> controllerSettings(PodIdentity pod, String address) {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "controller");
    settings.put("node.id", Integer.toString(FIRST_CONTROLLER_ID + pod.ordinal()));
    settings.put("listeners", "CONTROLLER://" + address + ":" + CONTROLLER_PORT);
    return settings;
  }

  private Map<String, String> brokerSettings(PodIdentity pod, String address) {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker");
    settings.put("node.id", Integer.toString(pod.ordinal()));
    settings.put("listeners", "PLAINTEXT://" + address + ":" + BROKER_PORT);
    settings.putAll(KafkaSettings.internalTopics(Math.min(2, brokers), 1));
    // A broker that comes back reads again what was not yet known to be on disk: at most the open
    // segment of each partition. Small segments keep that short.
    settings.put("log.segment.bytes", Integer.toString(32 << 20));
    return settings;
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

  /** Settings of one role. */
  private interface RoleSettings {
    Map<String, String> of(PodIdentity pod, String address);
  }

  private final class Template implements PodTemplate {

    private final int firstAddress;
    private final int port;
    private final RoleSettings role;

    Template(int firstAddress, int port, RoleSettings role) {
      this.firstAddress = firstAddress;
      this.port = port;
      this.role = role;
    }

    @Override
    public String address(PodIdentity pod) {
      return SUBNET + (firstAddress + pod.ordinal());
    }

    @Override
    public int readyPort() {
      return port;
    }

    @Override
    public List<String> command(PodIdentity pod, Path configuration, Path data) {
      // Not the mount itself: a file system keeps a directory of its own there.
      Path logs = data.resolve("kafka");
      Map<String, String> settings = new HashMap<>(KafkaSettings.common(logs));
      settings.put("controller.quorum.voters", quorum());
      // Kafka refuses a broker's next incarnation until the session of the last one has ended.
      settings.put("broker.session.timeout.ms", "2500");
      settings.put("broker.heartbeat.interval.ms", "500");
      settings.putAll(role.of(pod, address(pod)));
      Path properties = configuration.resolve("server.properties");
      KafkaPrograms.write(properties, settings);
      return List.of("/bin/sh", script(configuration, properties, logs).toString());
    }

    // Whether the volume is new can only be seen on the node, where it is mounted. Kafka's tool
    // does
    // not flush all that it writes: after a power cut the broker would find an empty
    // bootstrap.checkpoint and never start. So a format counts once it is on the disk.
    private Path script(Path configuration, Path properties, Path logs) {
      Path script = configuration.resolve("run.sh");
      String text =
          """
          set -e
          logs=%s
          if [ ! -e "$logs.formatted" ]; then
            rm -f "$logs/meta.properties" "$logs/bootstrap.checkpoint"
            %s
            sync -f "$logs"
            touch "$logs.formatted"
            sync -f "$logs.formatted"
          fi
          exec %s
          """
              .formatted(
                  quoted(logs.toString()),
                  shell(programs.format(properties, CLUSTER_ID)),
                  shell(programs.serve(properties, archives.use(programs.broker()))));
      try {
        Files.writeString(script, text);
        return script;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + script, e);
      }
    }

    private static String shell(List<String> command) {
      return command.stream().map(Template::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
      return "'" + word.replace("'", "'\\''") + "'";
    }
  }
}
