package io.mooring.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.packaged.PackagedService;
import io.mooring.s3server.S3Server;
import io.mooring.testsupport.ControlPlane;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The packaged migrator, as a process that can be killed. */
final class MigratorProcess implements AutoCloseable {

  private final PackagedService service;

  private MigratorProcess(PackagedService service) {
    this.service = service;
  }

  static boolean isBuilt() {
    return PackagedService.isPackaged("migrator");
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
    return new MigratorProcess(
        PackagedService.start("migrator", instance.name(), folder, instance.port(), settings));
  }

  URI url() {
    return service.url();
  }

  RestClient rest() {
    return rest("");
  }

  RestClient rest(String token) {
    return new RestClient(url(), Duration.ofSeconds(20), token);
  }

  boolean isReady() {
    return service.isReady();
  }

  JsonNode migration(String name) throws IOException {
    return rest().get("/migrations/" + name);
  }

  /** As a power cut would. */
  void kill() {
    service.kill();
  }

  @Override
  public void close() {
    service.close();
  }
}
