package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.load.LoadSettings;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The cluster that the application moves to: started by the same script as every cluster, with a
 * control plane of its own and without Kafka. Its network is another one with the same addresses,
 * so what is looked at in it is looked at by processes that run there.
 */
final class TargetCluster implements AutoCloseable {

  private static final Duration DOWN_LIMIT = Duration.ofSeconds(60);

  private final Path home;
  private final String name;
  private final Path log;
  private final ObjectMapper json =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * @param log file for what the script and the processes say
   */
  TargetCluster(Path home, String name, Path log) {
    this.home = home;
    this.name = name;
    this.log = log;
  }

  /** Starts it, with the object store of another cluster. */
  void start(String storeOf, int nodes) throws InterruptedException {
    script(
        "up",
        "--name",
        name,
        "--nodes",
        Integer.toString(nodes),
        "--brokers",
        "0",
        "--store-of",
        storeOf);
  }

  /** Where the other cluster reaches its migrator. */
  URI migratorUrl() throws InterruptedException, IOException {
    Path status = log.resolveSibling(name + "-status.json");
    Files.deleteIfExists(status);
    run(List.of(home.resolve("mooring").toString(), "status", "--json", "--name", name), status);
    JsonNode sites = json.readTree(status.toFile()).path("sites");
    return URI.create(sites.path(0).path("migrator").asText());
  }

  /** What its migrator demands of whoever moves applications by it. */
  String token() throws IOException {
    return Files.readString(ClusterFiles.of(home, name).pairToken());
  }

  /**
   * Waits for the pods, then looks at Kafka.
   *
   * @param folder gets the cut that is compared with and what was found
   */
  TargetFindings look(int pods, int brokers, KafkaCut cut, Path ledger, String group, Path folder)
      throws IOException, InterruptedException {
    Path cutFile = Files.createDirectories(folder).resolve("cut.json");
    Path out = folder.resolve("found.json");
    json.writeValue(cutFile.toFile(), cut);
    Files.deleteIfExists(out);
    there(
        "witness",
        "--pods",
        Integer.toString(pods),
        "--brokers",
        Integer.toString(brokers),
        "--cut",
        cutFile.toString(),
        "--ledger",
        ledger.toString(),
        "--group",
        group,
        "--out",
        out.toString());
    return json.readValue(out.toFile(), TargetFindings.class);
  }

  /** Stops the application and deletes its volumes. */
  void clear() throws InterruptedException {
    there("witness", "--pods", "0", "--brokers", "0");
  }

  /** Writes to a new topic there; returns when all of it was acknowledged and is in the ledger. */
  void write(int brokers, LoadSettings load, Duration time, Path ledger)
      throws InterruptedException {
    there(
        "writer",
        "--brokers",
        Integer.toString(brokers),
        "--topic",
        load.topic(),
        "--partitions",
        Integer.toString(load.partitions()),
        "--rate",
        Integer.toString(load.recordsPerSecond()),
        "--seed",
        Long.toString(load.seed()),
        "--seconds",
        Long.toString(time.toSeconds()),
        "--ledger",
        ledger.toString());
  }

  @Override
  public void close() {
    try {
      LocalProcess down =
          start(List.of(home.resolve("mooring").toString(), "down", "--name", name), log);
      if (!down.await(DOWN_LIMIT)) {
        down.kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a part of the demonstration in its network. */
  private void there(String... words) throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nsenter", "--net=/run/netns/" + name + "-cp", "--"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.add("-Djava.util.logging.config.file=" + loggingFile());
    command.addAll(List.of("-Dmooring.home=" + home, "-cp", System.getProperty("java.class.path")));
    command.add("io.mooring.localcluster.command.MooringCommand");
    command.addAll(List.of(words));
    run(command, log);
  }

  private String loggingFile() {
    return System.getProperty("java.util.logging.config.file", "");
  }

  private void script(String... words) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("mooring").toString()));
    command.addAll(List.of(words));
    run(command, log);
  }

  private void run(List<String> command, Path output) throws InterruptedException {
    LocalProcess process = start(command, output);
    try {
      int status = process.await();
      if (status != 0) {
        throw new LocalClusterException(
            "LCL-046",
            "A step on the cluster '" + name + "' failed",
            "'%s' ended with status %d".formatted(command.getFirst(), status),
            "See " + output + " and ./mooring logs --name " + name);
      }
    } catch (InterruptedException e) {
      // It clears up after itself, and what comes next must not meet it.
      process.stop(DOWN_LIMIT);
      throw e;
    }
  }

  /** Whoever runs this has built. */
  private LocalProcess start(List<String> command, Path output) {
    return LocalProcess.start(
        new ProcessSpec(name, command, Map.of("MOORING_BUILT", "1"), output), List.of());
  }
}
