package io.mooring.volumeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The packaged autopilot as a process that can be killed and started again. */
final class RunningAutopilot implements AutoCloseable {

  private static final Path JAR =
      Path.of("../services/autopilot/target/quarkus-app/quarkus-run.jar").toAbsolutePath();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<String> command;
  private final Path log;
  private final URI url;
  private Process process;

  private RunningAutopilot(List<String> command, Path log, URI url) throws IOException {
    this.command = command;
    this.log = log;
    this.url = url;
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
  }

  /** Returns when it is ready. */
  static RunningAutopilot start(ControlPlane controlPlane, Path directory, String rules)
      throws IOException {
    assumeThat(JAR).as("the autopilot is packaged").exists();
    Files.createDirectories(directory);
    int port = FreePorts.find(1).getFirst();
    Map<String, String> settings =
        Map.of(
            "quarkus.http.host", "127.0.0.1",
            "quarkus.http.port", Integer.toString(port),
            "kafka.bootstrap.servers", controlPlane.kafka().bootstrapServers(),
            "mooring.autopilot.registry.url", controlPlane.registry().url().toString(),
            "mooring.autopilot.rules-file",
                Files.writeString(directory.resolve("rules.yaml"), rules).toString(),
            "kafka-streams.state.dir", directory.resolve("state").toString());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", JAR.toString()));
    RunningAutopilot autopilot =
        new RunningAutopilot(
            command,
            directory.resolve("autopilot.log"),
            URI.create("http://127.0.0.1:" + port + "/q/health/ready"));
    autopilot.awaitReady();
    return autopilot;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private void awaitReady() {
    StorageBed.eventually(() -> {
      assertThat(process.isAlive()).as("see %s", log).isTrue();
      HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).build();
      assertThat(HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
    });
  }

  /** SIGKILL, and another run on the same state directory; returns when that is ready. */
  void killAndRestart() throws IOException {
    close();
    process = launch();
    awaitReady();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
