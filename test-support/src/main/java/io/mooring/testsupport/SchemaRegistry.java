package io.mooring.testsupport;

import io.mooring.schemas.RegistrySettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A real Apicurio registry as a child process, with its storage in memory. */
public final class SchemaRegistry implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final long POLL_MS = 100;

  private final TemporaryDirectory directory = new TemporaryDirectory("mooring-registry-");
  private final int port;
  private final Process process;

  private SchemaRegistry() throws IOException {
    List<Integer> ports = FreePorts.find(2);
    this.port = ports.getFirst();
    this.process =
        new ProcessBuilder(command(port, ports.getLast()))
            .directory(directory.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    // A test run that is cut short closes nothing.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Starts a registry and returns when it answers. */
  public static SchemaRegistry start() throws InterruptedException {
    try {
      SchemaRegistry registry = new SchemaRegistry();
      registry.awaitReady();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException("could not start the schema registry", e);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port + "/apis/registry/v3");
  }

  public RegistrySettings settings() {
    return new RegistrySettings(url(), true);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    directory.close();
  }

  private Path log() {
    return directory.path().resolve("registry.log");
  }

  private static List<String> command(int port, int managementPort) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dquarkus.http.host=127.0.0.1",
        "-Dquarkus.http.port=" + port,
        "-Dquarkus.management.host=127.0.0.1",
        "-Dquarkus.management.port=" + managementPort,
        "-Dapicurio.datasource.jdbc.initial-size=2",
        "-Dapicurio.datasource.jdbc.min-size=2",
        "-jar",
        runner().toString());
  }

  private static Path runner() {
    Properties properties = new Properties();
    try (InputStream in = SchemaRegistry.class.getResourceAsStream("registry.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path runner = Path.of(properties.getProperty("home"), "quarkus-run.jar");
    if (!Files.exists(runner)) {
      throw new IllegalStateException(
          runner + " is missing; build the module test-support, which unpacks the registry");
    }
    return runner;
  }

  private void awaitReady() throws InterruptedException, IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!answers(client)) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          String output = Files.readString(log());
          close();
          throw new IllegalStateException("the schema registry did not start:\n" + output);
        }
        process.waitFor(POLL_MS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private boolean answers(HttpClient client) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/system/info")).build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }
}
