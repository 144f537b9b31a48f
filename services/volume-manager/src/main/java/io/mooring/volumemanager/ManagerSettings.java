package io.mooring.volumemanager;

import io.smallrye.config.SmallRyeConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The configuration after validation. All problems are reported at once.
 *
 * @param kafka configuration of every Kafka client
 * @param registry base of the schema registry's API
 * @param self address under which other instances reach this one
 */
record ManagerSettings(
    ManagerConfig config, Map<String, Object> kafka, URI registry, HostInfo self) {

  private static final String REGISTRY_URL =
      "mp.messaging.connector.smallrye-kafka.apicurio.registry.url";
  private static final String KAFKA_PREFIX = "kafka.";
  private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
  private static final int SOCKET_PATH_MAX = 107;

  /**
   * Reads and checks everything.
   *
   * @throws InvalidConfigurationException with every problem that was found
   */
  static ManagerSettings read(ManagerConfig config, SmallRyeConfig all) {
    List<String> problems = new ArrayList<>();
    Map<String, Object> kafka = kafka(all);
    if (!kafka.containsKey(BOOTSTRAP_SERVERS)) {
      problems.add(
          "CFG-040 kafka.bootstrap.servers is not set. All state is on the control Kafka."
              + " Set it to the address of at least one broker.");
    }
    URI registry = registry(all, problems);
    HostInfo self = self(config, all, problems);
    positive("replace-after", config.replaceAfter(), problems);
    positive("command-timeout", config.commandTimeout(), problems);
    positive("answers-kept", config.answersKept(), problems);
    positive("commit-interval", config.commitInterval(), problems);
    checkTopicReplicas(config.topicReplicas(), problems);
    checkSocket(config.csiSocket(), problems);
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    return new ManagerSettings(config, kafka, registry, self);
  }

  /** The effective configuration for the log; Kafka's may hold secrets and is only named. */
  String describe() {
    return ("applicationId=%s self=%s:%d csiSocket=%s stateDir=%s replaceAfter=%s"
            + " commandTimeout=%s answersKept=%s commitInterval=%s registry=%s kafka=%s")
        .formatted(
            config.applicationId(),
            self.host(),
            self.port(),
            config.csiSocket().map(Path::toString).orElse("none"),
            config.stateDir(),
            config.replaceAfter(),
            config.commandTimeout(),
            config.answersKept(),
            config.commitInterval(),
            registry,
            kafka.get(BOOTSTRAP_SERVERS));
  }

  private static Map<String, Object> kafka(SmallRyeConfig all) {
    Map<String, Object> kafka = new HashMap<>();
    for (String name : all.getPropertyNames()) {
      if (name.startsWith(KAFKA_PREFIX)) {
        all.getOptionalValue(name, String.class)
            .ifPresent(value -> kafka.put(name.substring(KAFKA_PREFIX.length()), value));
      }
    }
    return kafka;
  }

  private static URI registry(SmallRyeConfig all, List<String> problems) {
    String given = all.getOptionalValue(REGISTRY_URL, String.class).orElse("");
    try {
      URI url = new URI(given);
      if (url.isAbsolute()) {
        return url;
      }
    } catch (URISyntaxException _) {
      // Reported below, like a relative address.
    }
    problems.add(
        "CFG-041 %s is '%s'. Records are written with schemas from the registry. Set it to the"
                .formatted(REGISTRY_URL, given)
            + " registry's API, such as http://registry:8085/apis/registry/v3.");
    return URI.create("");
  }

  private static HostInfo self(ManagerConfig config, SmallRyeConfig all, List<String> problems) {
    int port = all.getOptionalValue("quarkus.http.port", Integer.class).orElse(8080);
    String given = config.advertisedAddress().orElse("127.0.0.1:" + port);
    try {
      HostInfo parsed = HostInfo.buildFromEndpoint(given);
      if (parsed != null) {
        return parsed;
      }
    } catch (RuntimeException _) {
      // Reported below, like an empty address.
    }
    problems.add(
        "CFG-042 mooring.manager.advertised-address is '%s'. Other instances reach this one there."
                .formatted(given)
            + " Set it to host:port.");
    return new HostInfo("", 0);
  }

  private static void positive(String key, Duration value, List<String> problems) {
    if (value.isNegative() || value.isZero()) {
      problems.add(
          "CFG-043 mooring.manager.%s is %s. It is a time to wait. Set it to more than zero."
              .formatted(key, value));
    }
  }

  private static void checkTopicReplicas(OptionalInt replicas, List<String> problems) {
    if (replicas.isPresent()
        && (replicas.getAsInt() < 1 || replicas.getAsInt() > Short.MAX_VALUE)) {
      problems.add(
          "CFG-044 mooring.manager.topic-replicas is %d. A topic has at least one replica."
                  .formatted(replicas.getAsInt())
              + " Set it to 3, or leave it out.");
    }
  }

  private static void checkSocket(Optional<Path> socket, List<String> problems) {
    socket
        .filter(path -> path.toAbsolutePath().toString().length() > SOCKET_PATH_MAX)
        .ifPresent(path ->
            problems.add(
                "CFG-045 mooring.manager.csi-socket '%s' is too long. Linux allows %d bytes."
                        .formatted(path, SOCKET_PATH_MAX)
                    + " Choose a shorter path."));
  }
}
