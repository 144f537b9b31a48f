package io.mooring.localcluster.kafka;

import io.mooring.localcluster.application.Fields;
import io.mooring.localcluster.orchestrator.PodIdentity;
import io.mooring.localcluster.orchestrator.PodTemplate;
import io.mooring.localcluster.process.ClassArchives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Pods of Kafka, made of the objects that describe them: the service gives addresses and port, the
 * configuration gives Kafka's settings and the cluster's id. So whoever has the objects and the
 * volumes has the same brokers.
 */
public final class KafkaPodTemplate implements PodTemplate {

  /** Image by which a set says that its pods are Kafka. */
  static final Pattern IMAGE = Pattern.compile("kafka");

  static final String FIRST_ADDRESS = "mooring.io/first-address";
  static final String FIRST_NODE_ID = "node.id.first";
  static final String CLUSTER_ID = "cluster.id";

  /** In a setting: the pod's address. */
  static final String ADDRESS = "${POD_ADDRESS}";

  private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3}\\.){3}[0-9]{1,3}");
  private static final int ID_MAX = 100_000;
  private static final int PORT_MAX = 65_535;

  private final KafkaPrograms programs;
  private final ClassArchives archives;
  private final String firstAddress;
  private final int port;
  private final int firstId;
  private final String clusterId;
  private final Map<String, String> settings;

  /**
   * Reads the objects.
   *
   * @throws io.mooring.localcluster.LocalClusterException LCL-040 if one of them lacks something
   */
  public KafkaPodTemplate(
      KafkaPrograms programs,
      ClassArchives archives,
      Fields set,
      Fields service,
      Fields configuration) {
    this.programs = programs;
    this.archives = archives;
    set.text("/spec/template/spec/containers/0/image", IMAGE);
    this.firstAddress =
        service.text("/metadata/annotations/" + FIRST_ADDRESS.replace("/", "~1"), IPV4);
    this.port = Math.toIntExact(service.number("/spec/ports/0/port", 1, PORT_MAX));
    this.firstId = Math.toIntExact(configuration.number("/data/" + FIRST_NODE_ID, 0, ID_MAX));
    this.clusterId = configuration.text("/data/" + CLUSTER_ID);
    Map<String, String> data = new HashMap<>(configuration.texts("/data"));
    data.remove(FIRST_NODE_ID);
    data.remove(CLUSTER_ID);
    this.settings = Map.copyOf(data);
  }

  @Override
  public String address(PodIdentity pod) {
    int last = firstAddress.lastIndexOf('.') + 1;
    return firstAddress.substring(0, last)
        + (Integer.parseInt(firstAddress.substring(last)) + pod.ordinal());
  }

  @Override
  public int readyPort() {
    return port;
  }

  @Override
  public List<String> command(PodIdentity pod, Path configuration, Path data) {
    // Not the mount itself: a file system keeps a directory of its own there.
    Path logs = data.resolve("kafka");
    Map<String, String> own = new HashMap<>();
    settings.forEach((key, value) -> own.put(key, value.replace(ADDRESS, address(pod))));
    own.put("log.dirs", logs.toString());
    own.put("node.id", Integer.toString(firstId + pod.ordinal()));
    Path properties = configuration.resolve("server.properties");
    KafkaPrograms.write(properties, own);
    return List.of("/bin/sh", script(configuration, properties, logs).toString());
  }

  // Whether the volume is new can only be seen on the node, where it is mounted. Kafka's tool does
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
                shell(programs.format(properties, clusterId)),
                shell(programs.serve(properties, archives.use(programs.broker()))));
    try {
      Files.writeString(script, text);
      return script;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + script, e);
    }
  }

  private static String shell(List<String> command) {
    return command.stream().map(KafkaPodTemplate::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
