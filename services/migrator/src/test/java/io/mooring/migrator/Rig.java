package io.mooring.migrator;

import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FaultyDoor;
import io.mooring.migrator.plane.NodeRegistration;
import io.mooring.s3server.S3Server;
import io.mooring.testsupport.ControlPlane;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Control Kafka, schema registry, S3 server behind a door that can spoil requests, and a cluster to
 * migrate, all real but the last.
 */
public final class Rig implements QuarkusTestResourceLifecycleManager {

  public static final String BUCKET = "backups";

  /** The file that the service reads it from, each time anew. */
  record Passphrase(Path file) {
    static final String RIGHT = "a secret for tests";

    void set(String text) throws IOException {
      Files.writeString(file, text + "\n");
    }
  }

  private @Nullable ControlPlane controlPlane;
  private @Nullable S3Server s3;
  private @Nullable FakePlane plane;
  private @Nullable FaultyDoor door;
  private @Nullable Passphrase passphrase;
  private @Nullable Path folder;

  @Override
  public Map<String, String> start() {
    try {
      Path created = Files.createTempDirectory("mooring-migrator-");
      folder = created;
      S3Server startedS3 = S3Server.start(created);
      s3 = startedS3;
      startedS3.bucket(BUCKET);
      ControlPlane started = ControlPlane.start();
      controlPlane = started;
      FakePlane startedPlane = new FakePlane();
      plane = startedPlane;
      NodeRegistration.register(started, startedPlane.nodes());
      Passphrase secret = new Passphrase(created.resolve("passphrase"));
      secret.set(Passphrase.RIGHT);
      passphrase = secret;
      Map<String, String> settings = new HashMap<>();
      settings.put("kafka.bootstrap.servers", started.kafka().bootstrapServers());
      settings.put(
          "mp.messaging.connector.smallrye-kafka.apicurio.registry.url",
          started.registry().url().toString());
      settings.put("mooring.migrator.volume-manager.url", startedPlane.managerUrl().toString());
      FaultyDoor startedDoor = new FaultyDoor(startedS3.endpoint());
      door = startedDoor;
      settings.put("mooring.migrator.store.endpoint", startedDoor.url().toString());
      settings.put("mooring.migrator.store.timeout", "4s");
      settings.put("mooring.migrator.store.patience", "8s");
      settings.put("mooring.migrator.store.bucket", BUCKET);
      settings.put("mooring.migrator.store.prefix", "mooring/");
      settings.put("mooring.migrator.store.access-key", S3Server.ACCESS_KEY);
      settings.put("mooring.migrator.store.secret-key", S3Server.SECRET_KEY);
      settings.put("mooring.migrator.store.passphrase-file", secret.file().toString());
      settings.put(
          "mooring.migrator.application.url", startedPlane.orchestrator().url().toString());
      settings.put("mooring.migrator.transfer.report-every", "200ms");
      settings.put("mooring.migrator.transfer.patience", "5s");
      settings.put("mooring.migrator.transfer.workers", "2");
      return settings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(controlPlane, new TestInjector.MatchesType(ControlPlane.class));
    injector.injectIntoFields(s3, new TestInjector.MatchesType(S3Server.class));
    injector.injectIntoFields(door, new TestInjector.MatchesType(FaultyDoor.class));
    injector.injectIntoFields(passphrase, new TestInjector.MatchesType(Passphrase.class));
    injector.injectIntoFields(plane, new TestInjector.MatchesType(FakePlane.class));
  }

  @Override
  public void stop() {
    if (plane != null) {
      plane.close();
    }
    if (controlPlane != null) {
      controlPlane.close();
    }
    if (door != null) {
      door.close();
    }
    if (s3 != null) {
      s3.close();
    }
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
