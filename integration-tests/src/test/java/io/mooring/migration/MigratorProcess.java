package io.mooring.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.s3server.S3Server;
import io.mooring.testsupport.ControlPlane;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged migrator, as a process that can be killed. */
final class MigratorProcess implements AutoCloseable {

  private static final Path JAR =
      Path.of("../services/migrator/target/quarkus-app/quarkus-run.jar").toAbsolutePath();

  private final Process process;
  private final int port;

  private MigratorProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean isBuilt() {
    return Files.exists(JAR);
  }

  static MigratorProcess start(
      String name, int port, ControlPlane control, FakePlane plane, S3Server s3, Path folder)
      throws IOException {
    return start(new Instance(name, port, control, plane), s3, folder, Map.of());
  }

  /** Which migrator it is, and of which cluster. */
  record Instance(String name, int port, ControlPlane control, FakePlane plane) {}

  /**
   * @param more settings
   */
  static MigratorProcess start(
      Instance instance, S3Server s3, Path folder, Map<String, String> more) throws IOException {
    ControlPlane control = instance.control();
    FakePlane plane = instance.plane();
    Path passphrase = folder.resolve("passphrase");
    Files.writeString(passphrase, "one secret for both sides");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("quarkus.http.host", "127.0.0.1");
    settings.put("quarkus.http.port", Integer.toString(instance.port()));
    settings.put("kafka.bootstrap.servers", control.kafka().bootstrapServers());
    settings.put(
        "mp.messaging.connector.smallrye-kafka.apicurio.registry.url",
        control.registry().url().toString());
    settings.put("mooring.migrator.instance", instance.name());
    settings.put("mooring.migrator.volume-manager.url", plane.managerUrl().toString());
    settings.put("mooring.migrator.application.url", plane.orchestrator().url().toString());
    settings.put("mooring.migrator.store.endpoint", s3.endpoint().toString());
    settings.put("mooring.migrator.store.bucket", "migration");
    settings.put("mooring.migrator.store.access-key", S3Server.ACCESS_KEY);
    settings.put("mooring.migrator.store.secret-key", S3Server.SECRET_KEY);
    settings.put("mooring.migrator.store.passphrase-file", passphrase.toString());
    settings.put("mooring.migrator.transfer.report-every", "200ms");
    settings.put("mooring.migrator.transfer.tasks-max", "1");
    settings.put("mooring.migrator.transfer.workers", "2");
    settings.putAll(more);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", JAR.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(instance.name() + ".log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new MigratorProcess(process, instance.port());
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  RestClient rest() {
    return rest("");
  }

  RestClient rest(String token) {
    return new RestClient(url(), Duration.ofSeconds(20), token);
  }

  boolean isReady() {
    try {
      return rest().get("/q/health/ready").path("status").asText().equals("UP");
    } catch (IOException _) {
      return false;
    }
  }

  JsonNode migration(String name) throws IOException {
    return rest().get("/migrations/" + name);
  }

  /** As a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
