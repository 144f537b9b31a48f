package io.mooring.packaged;

import io.mooring.migrator.outside.RestClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A service as it is packaged, as a process that can be killed and started again. */
public final class PackagedService implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> command;
  private final Path log;
  private final int port;
  private Process process;

  private PackagedService(List<String> command, Path log, int port) throws IOException {
    this.command = command;
    this.log = log;
    this.port = port;
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
  }

  public static boolean isPackaged(String... services) {
    return Stream.of(services).allMatch(service -> Files.exists(jar(service)));
  }

  private static Path jar(String service) {
    return Path.of("../services", service, "target/quarkus-app/quarkus-run.jar").toAbsolutePath();
  }

  /**
   * Returns at once; see {@link #isReady}.
   *
   * @param name of the file with its log
   * @param port of its REST interface
   */
  public static PackagedService start(
      String service, String name, Path folder, int port, Map<String, String> settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dquarkus.http.host=127.0.0.1");
    command.add("-Dquarkus.http.port=" + port);
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", jar(service).toString()));
    Files.createDirectories(folder);
    return new PackagedService(command, folder.resolve(name + ".log"), port);
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public RestClient rest() {
    return new RestClient(url(), PATIENCE);
  }

  public boolean isReady() {
    try {
      return rest().get("/q/health/ready").path("status").asText().equals("UP");
    } catch (IOException _) {
      return false;
    }
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  public void startAgain() throws IOException {
    process = launch();
  }

  @Override
  public void close() {
    kill();
  }
}
