package io.mooring.volumeagent;

import io.mooring.testsupport.FreePorts;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node for the agent under test: one pool, a state directory, free ports. */
public final class AgentTestResource implements QuarkusTestResourceLifecycleManager {

  static final String NODE = "node-1";
  static final String POOL = "pool-1";

  private @Nullable Path directory;

  @Override
  public Map<String, String> start() {
    try {
      Path created = Files.createTempDirectory("agent-it-");
      directory = created;
      return settings(created);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Settings of a node below a directory. */
  static Map<String, String> settings(Path directory) throws IOException {
    List<Integer> ports = FreePorts.find(4);
    Path pool = Files.createDirectories(directory.resolve("pool"));
    Map<String, String> settings = new HashMap<>();
    settings.put("mooring.agent.node-id", NODE);
    settings.put("mooring.agent.host", "127.0.0.1");
    settings.put("mooring.agent.bind-address", "127.0.0.1");
    settings.put("mooring.agent.zone", "zone-1");
    settings.put("mooring.agent.rack", "rack-1");
    settings.put("mooring.agent.pools[0].id", POOL);
    settings.put("mooring.agent.pools[0].path", pool.toString());
    settings.put("mooring.agent.pools[0].capacity", "1G");
    settings.put("mooring.agent.state-dir", directory.resolve("state").toString());
    settings.put("mooring.agent.csi-socket", directory.resolve("csi.sock").toString());
    settings.put("mooring.agent.ports.replication", ports.get(0).toString());
    settings.put("mooring.agent.ports.probe", ports.get(1).toString());
    settings.put("mooring.agent.ports.nbd", ports.get(2).toString());
    settings.put("mooring.agent.ports.rest", ports.get(3).toString());
    // Other agents find the API where the node's descriptor says.
    settings.put("quarkus.http.test-port", ports.get(3).toString());
    return settings;
  }

  @Override
  public void stop() {
    if (directory == null) {
      return;
    }
    try {
      LeftBehind.remove(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
