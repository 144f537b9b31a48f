package io.mooring.migration;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.RestClient;
import io.mooring.packaged.PackagedService;
import io.mooring.s3server.S3Server;
import io.mooring.storage.backup.NbdVolume;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * volume-manager, a migrator and agents as they are packaged, with control topics and an object
 * store. Volumes are written and read through the agents, as somebody outside of it all would.
 */
final class RealCluster {

  static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int CHUNK = 1 << 20;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Path folder;
  private final ControlPlane control;
  private final PackagedService manager;
  private final PackagedService migrator;

  private record Node(PackagedService agent, int nbdPort) {}

  static boolean isPackaged() {
    return PackagedService.isPackaged("volume-manager", "volume-agent", "migrator");
  }

  RealCluster(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    S3Server s3 = opened(S3Server.start(folder));
    s3.bucket("migration");
    this.control = opened(ControlPlane.start());
    List<Integer> ports = FreePorts.find(2);
    this.manager = opened(startManager(ports.get(0)));
    await().atMost(PATIENCE).until(manager::isReady);
    for (String node : List.of("n1", "n2", "n3")) {
      nodes.put(node, agent(node));
    }
    this.migrator = opened(startMigrator(ports.get(1), s3));
    await().atMost(PATIENCE).until(migrator::isReady);
    await().atMost(PATIENCE).until(() -> rest().get("/nodes").size() == nodes.size());
  }

  private PackagedService startManager(int port) throws IOException {
    Map<String, String> settings = controlSettings();
    settings.put("mooring.manager.state-dir", folder.resolve("manager").toString());
    return PackagedService.start("volume-manager", "volume-manager", folder, port, settings);
  }

  private PackagedService startMigrator(int port, S3Server s3) throws IOException {
    Map<String, String> settings = controlSettings();
    settings.put("mooring.migrator.volume-manager.url", manager.url().toString());
    settings.put("mooring.migrator.store.endpoint", s3.endpoint().toString());
    settings.put("mooring.migrator.store.bucket", "migration");
    settings.put("mooring.migrator.store.access-key", S3Server.ACCESS_KEY);
    settings.put("mooring.migrator.store.secret-key", S3Server.SECRET_KEY);
    settings.put("mooring.migrator.transfer.report-every", "200ms");
    settings.put("mooring.migrator.transfer.patience", "10s");
    settings.put("mooring.migrator.transfer.tasks-max", "1");
    settings.put("mooring.migrator.transfer.workers", "2");
    return PackagedService.start("migrator", "migrator", folder, port, settings);
  }

  private Node agent(String node) throws IOException {
    List<Integer> ports = FreePorts.find(4);
    Path home = folder.resolve(node);
    Map<String, String> settings = controlSettings();
    settings.put("mooring.agent.node-id", node);
    settings.put("mooring.agent.host", "127.0.0.1");
    settings.put("mooring.agent.bind-address", "127.0.0.1");
    settings.put("mooring.agent.pools[0].id", "p1");
    settings.put(
        "mooring.agent.pools[0].path", Files.createDirectories(home.resolve("pool")).toString());
    settings.put("mooring.agent.pools[0].capacity", "2G");
    settings.put("mooring.agent.state-dir", home.resolve("state").toString());
    settings.put("mooring.agent.csi-socket", home.resolve("csi.sock").toString());
    settings.put("mooring.agent.ports.replication", ports.get(0).toString());
    settings.put("mooring.agent.ports.probe", ports.get(1).toString());
    settings.put("mooring.agent.ports.nbd", ports.get(2).toString());
    settings.put("mooring.agent.ports.rest", ports.get(3).toString());
    PackagedService agent =
        opened(PackagedService.start("volume-agent", node, home, ports.get(3), settings));
    return new Node(agent, ports.get(2));
  }

  private Map<String, String> controlSettings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("kafka.bootstrap.servers", control.kafka().bootstrapServers());
    settings.put(
        "mp.messaging.connector.smallrye-kafka.apicurio.registry.url",
        control.registry().url().toString());
    return settings;
  }

  /** volume-manager. */
  RestClient rest() {
    return manager.rest();
  }

  RestClient migrator() {
    return migrator.rest();
  }

  JsonNode volume(String name) throws IOException {
    return rest().get("/volumes/" + name);
  }

  JsonNode migration(String name) throws IOException {
    return migrator().get("/migrations/" + name);
  }

  void killAgent(String node) {
    nodes.get(node).agent().kill();
  }

  void startAgent(String node) throws IOException {
    nodes.get(node).agent().startAgain();
  }

  /** A node of whose NBD server somebody is a client at present. */
  Optional<String> exporting() throws IOException {
    List<String> sockets = new ArrayList<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      sockets.addAll(Files.readAllLines(Path.of(table)));
    }
    return nodes.keySet().stream()
        .filter(node -> sockets.stream().anyMatch(row -> isServed(row, nodes.get(node).nbdPort())))
        .findFirst();
  }

  /** Columns are: number, local address and port in hexadecimal, remote ones, state. */
  private static boolean isServed(String row, int port) {
    String[] columns = row.strip().split("\\s+");
    return columns[1].endsWith(":%04X".formatted(port)) && columns[3].equals("01");
  }

  /** Makes it the content of a new volume, and leaves that detached. */
  void write(String name, long sizeBytes, byte[] content) throws IOException {
    rest()
        .post(
            "/volumes",
            Map.of("name", name, "sizeBytes", sizeBytes, "parameters", Map.of("repl", "2")));
    use(
        name,
        device -> {
          for (int at = 0; at < content.length; at += CHUNK) {
            device.write(at, content, at, CHUNK);
          }
          device.flush();
        });
  }

  byte[] read(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    use(
        name,
        device -> {
          for (int at = 0; at < bytes; at += CHUNK) {
            device.read(at, content, at, Math.min(CHUNK, bytes - at));
          }
        });
    return content;
  }

  private interface Use {
    void of(NbdVolume device) throws IOException;
  }

  /** As somebody who attaches it. */
  private void use(String name, Use use) throws IOException {
    JsonNode volume = volume(name);
    String id = volume.path("id").asText();
    String node = volume.path("replicas").path(0).path("node").asText();
    rest().post("/volumes/" + id + "/publish", Map.of("node", node));
    RestClient agent = nodes.get(node).agent().rest();
    String export = "/volumes/" + id + "/export";
    JsonNode view =
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> agent.post(export + "?readOnly=false", Map.of()), _ -> true);
    URI address = URI.create(view.path("tcp").asText());
    try (NbdVolume device =
        NbdVolume.connect(
            new InetSocketAddress(address.getHost(), address.getPort()), id, PATIENCE)) {
      use.of(device);
    }
    agent.delete(export);
    rest().post("/volumes/" + id + "/unpublish", Map.of("node", node));
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.add(each);
    return each;
  }

  /** Ends all processes. */
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    // They outlive agents that are killed.
    for (String node : nodes.keySet()) {
      Path socket = folder.resolve(node).resolve("state/keeper.sock");
      if (Files.exists(socket)) {
        new KeeperClient(socket).stop();
      }
    }
  }
}
