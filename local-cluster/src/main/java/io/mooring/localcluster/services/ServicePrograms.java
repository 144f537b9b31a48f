package io.mooring.localcluster.services;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.Installation;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.node.NodeSpec;
import io.mooring.localcluster.process.JavaProgram;
import io.mooring.localcluster.process.ProcessSpec;
import io.mooring.localcluster.process.ProcessStarter;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How each service is started: its program and the settings that tell it where the others are. */
public final class ServicePrograms {

  private static final int REGISTRY_PORT = 8085;
  private static final int REGISTRY_MANAGEMENT_PORT = 8086;
  private static final int MANAGER_PORT = 8080;
  private static final int DETECTOR_PORT = 8081;
  private static final int AUTOPILOT_PORT = 8082;

  private final Installation installation;
  private final ClusterFiles files;
  private final ProcessStarter starter;
  private final String controlBootstrapServers;

  public ServicePrograms(
      Installation installation,
      ClusterFiles files,
      ProcessStarter starter,
      String controlBootstrapServers) {
    this.installation = installation;
    this.files = files;
    this.starter = starter;
    this.controlBootstrapServers = controlBootstrapServers;
  }

  /** Base of the registry's API. */
  public static URI registryUrl() {
    return URI.create(
        "http://" + ClusterNetwork.CONTROL_ADDRESS + ":" + REGISTRY_PORT + "/apis/registry/v3");
  }

  /** Base of volume-manager's REST API. */
  public static URI managerUrl() {
    return URI.create("http://" + ClusterNetwork.CONTROL_ADDRESS + ":" + MANAGER_PORT);
  }

  /** Base of failover-detector's REST API. */
  public static URI detectorUrl() {
    return URI.create("http://" + ClusterNetwork.CONTROL_ADDRESS + ":" + DETECTOR_PORT);
  }

  /** Base of the autopilot's REST API. */
  public static URI autopilotUrl() {
    return URI.create("http://" + ClusterNetwork.CONTROL_ADDRESS + ":" + AUTOPILOT_PORT);
  }

  private JavaProgram registryProgram() {
    return program("registry", installation.registryJar(), "256m", JavaProgram.CONTROL_PLANE);
  }

  private JavaProgram managerProgram() {
    return service("volume-manager", "256m", JavaProgram.CONTROL_PLANE);
  }

  private JavaProgram detectorProgram() {
    return service("failover-detector", "256m", JavaProgram.CONTROL_PLANE);
  }

  private JavaProgram autopilotProgram() {
    return service("autopilot", "256m", JavaProgram.CONTROL_PLANE);
  }

  private JavaProgram agentProgram() {
    return service("volume-agent", "256m", JavaProgram.DATA_PATH);
  }

  JavaProgram migratorProgram() {
    return service("migrator", "640m", JavaProgram.DATA_PATH);
  }

  /** It is not ours, and its jars bring much that no other program should meet. */
  JavaProgram objectStoreProgram() {
    List<Path> jars = installation.objectStoreJars();
    String classPath =
        jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return new JavaProgram(
        "object-store",
        List.of("-cp", classPath, "org.gaul.s3proxy.Main"),
        jars,
        Stream.concat(Stream.of("-Xmx256m"), JavaProgram.DATA_PATH.stream()).toList());
  }

  /**
   * Those of a cluster.
   *
   * @param migrating whether it has a migrator and an object store
   */
  public List<JavaProgram> programs(boolean migrating) {
    List<JavaProgram> always =
        List.of(
            registryProgram(),
            managerProgram(),
            detectorProgram(),
            autopilotProgram(),
            agentProgram());
    return migrating
        ? Stream.concat(always.stream(), Stream.of(migratorProgram(), objectStoreProgram()))
            .toList()
        : always;
  }

  public ProcessSpec registry() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("quarkus.http.host", ClusterNetwork.CONTROL_ADDRESS);
    settings.put("quarkus.http.port", Integer.toString(REGISTRY_PORT));
    settings.put("quarkus.management.host", ClusterNetwork.CONTROL_ADDRESS);
    settings.put("quarkus.management.port", Integer.toString(REGISTRY_MANAGEMENT_PORT));
    // On disk: records on the control topics name schemas by ids that must outlive a restart.
    settings.put(
        "apicurio.datasource.url",
        "jdbc:h2:file:" + files.controlData("registry").resolve("schemas").toAbsolutePath());
    settings.put("apicurio.datasource.jdbc.initial-size", "2");
    settings.put("apicurio.datasource.jdbc.min-size", "2");
    return specify("registry", registryProgram(), settings);
  }

  public ProcessSpec manager() {
    Map<String, String> settings = settings(ClusterNetwork.CONTROL_ADDRESS, MANAGER_PORT);
    settings.put("mooring.manager.csi-socket", files.managerSocket().toString());
    settings.put("mooring.manager.state-dir", files.controlData("volume-manager").toString());
    return specify("volume-manager", managerProgram(), settings);
  }

  /**
   * The detector.
   *
   * @param managedBootstrapServers brokers of the Kafka cluster to look after; empty if there is
   *     none
   */
  public ProcessSpec detector(String managedBootstrapServers) {
    Map<String, String> settings = settings(ClusterNetwork.CONTROL_ADDRESS, DETECTOR_PORT);
    settings.put("kafka-streams.state.dir", files.controlData("failover-detector").toString());
    if (!managedBootstrapServers.isEmpty()) {
      String cluster = "mooring.detector.clusters." + ManagedKafka.NAME;
      settings.put(cluster + ".bootstrap-servers", managedBootstrapServers);
      // Brokers tell their addresses, which do not name their pods.
      settings.put(cluster + ".pods", ManagedKafka.POD_NAMES);
      settings.put(cluster + ".namespace", ManagedKafka.NAME);
    }
    return specify("failover-detector", detectorProgram(), settings);
  }

  /**
   * The autopilot.
   *
   * @param rules file with the rules that it starts with
   */
  public ProcessSpec autopilot(Optional<Path> rules) {
    Map<String, String> settings = settings(ClusterNetwork.CONTROL_ADDRESS, AUTOPILOT_PORT);
    settings.put("kafka-streams.state.dir", files.controlData("autopilot").toString());
    rules.ifPresent(
        file -> settings.put("mooring.autopilot.rules-file", file.toAbsolutePath().toString()));
    return specify("autopilot", autopilotProgram(), settings);
  }

  /**
   * The agent of a node.
   *
   * @param diskMaxBytes size up to which it may grow the node's disk
   */
  public ProcessSpec agent(NodeSpec node, OptionalLong diskMaxBytes) {
    Map<String, String> settings = settings("0.0.0.0", 7400);
    settings.put("mooring.agent.node-id", node.name());
    settings.put("mooring.agent.host", node.address());
    settings.put("mooring.agent.region", node.region());
    settings.put("mooring.agent.zone", node.zone());
    settings.put("mooring.agent.rack", node.rack());
    settings.put("mooring.agent.pools[0].id", "pool");
    settings.put("mooring.agent.pools[0].path", files.pool(node.name()).toString());
    settings.put("mooring.agent.pools[0].priority", "high");
    diskMaxBytes.ifPresent(
        max -> settings.put("mooring.agent.pools[0].drive-max", Long.toString(max)));
    settings.put("mooring.agent.csi-socket", files.nodeSocket(node.name()).toString());
    settings.put(
        "mooring.agent.state-dir", files.nodeDirectory(node.name()).resolve("agent").toString());
    return specify("agent-" + node.name(), agentProgram(), settings);
  }

  /** What every service is told. */
  Map<String, String> settings(String host, int port) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("quarkus.http.host", host);
    settings.put("quarkus.http.port", Integer.toString(port));
    settings.put("kafka.bootstrap.servers", controlBootstrapServers);
    settings.put(
        "mp.messaging.connector.smallrye-kafka.apicurio.registry.url", registryUrl().toString());
    return settings;
  }

  private ProcessSpec specify(String name, JavaProgram program, Map<String, String> settings) {
    return starter.specify(
        name, program.command(starter.archiveOptions(program), settings, List.of()));
  }

  private JavaProgram service(String name, String heap, List<String> tuning) {
    return program(name, installation.serviceJar(name), heap, tuning);
  }

  private static JavaProgram program(String name, Path jar, String heap, List<String> tuning) {
    return new JavaProgram(
        name,
        List.of("-jar", jar.toString()),
        Installation.jarsBelow(jar.getParent()),
        Stream.concat(
                Stream.of("-Xmx" + heap, "--enable-native-access=ALL-UNNAMED"), tuning.stream())
            .toList());
  }
}
