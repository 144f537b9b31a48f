package io.mooring.localcluster.services;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.network.SitesNetwork;
import io.mooring.localcluster.process.JavaProgram;
import io.mooring.localcluster.process.ProcessSpec;
import io.mooring.localcluster.process.ProcessStarter;
import io.mooring.s3server.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the migrator and the object store that it uses are started. */
public final class MigrationPrograms {

  /** Name of the object store's process and folder. */
  public static final String STORE = "object-store";

  private static final int MIGRATOR_PORT = 8083;
  private static final int DOOR_PORT = 8084;
  private static final int STORE_PORT = 9000;
  private static final String BUCKET = "mooring";

  private final ServicePrograms services;
  private final ProcessStarter starter;
  private final ClusterFiles files;
  private final ClusterFiles storeFiles;

  /**
   * @param files of the cluster that has the migrator
   * @param storeFiles of the cluster that has the object store
   */
  public MigrationPrograms(
      ServicePrograms services,
      ProcessStarter starter,
      ClusterFiles files,
      ClusterFiles storeFiles) {
    this.services = services;
    this.starter = starter;
    this.files = files;
    this.storeFiles = storeFiles;
  }

  /** Where the object store answers, between the sites. */
  public static URI storeUrl() {
    return URI.create("http://" + SitesNetwork.STORE_ADDRESS + ":" + STORE_PORT);
  }

  /** Base of the migrator's REST API. */
  public static URI migratorUrl() {
    return migratorUrl(ClusterNetwork.CONTROL_ADDRESS);
  }

  /** The same at another address, such as that between the sites. */
  public static URI migratorUrl(String address) {
    return URI.create("http://" + address + ":" + MIGRATOR_PORT);
  }

  /** Port of the orchestrator's door. */
  public static int doorPort() {
    return DOOR_PORT;
  }

  /**
   * The object store, which is to run in the namespace between the sites. Its bucket and the
   * passphrase of what is to be in it are made here.
   *
   * @param door command that enters that namespace
   */
  public ProcessSpec store(List<String> door) {
    Path folder = storeFiles.controlData(STORE);
    Path buckets = folder.resolve("buckets");
    S3Server.Configuration configuration;
    try {
      Files.createDirectories(buckets.resolve(BUCKET));
      SecretFile.make(passphrase());
      configuration = S3Server.configure(folder, storeUrl(), buckets);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare the object store", e);
    }
    JavaProgram program = services.objectStoreProgram();
    List<String> command = new ArrayList<>(door);
    command.addAll(
        program.command(
            starter.archiveOptions(program),
            Map.of("logback.configurationFile", configuration.logging().toString()),
            List.of("--properties", configuration.properties().toString())));
    return starter.specify(STORE, command);
  }

  /**
   * The migrator, with a secret of its own that whoever moves applications by it must show.
   *
   * @param managedBootstrapServers brokers whose state is recorded with backups; empty if there are
   *     none
   */
  public ProcessSpec migrator(String managedBootstrapServers) {
    Map<String, String> settings = new LinkedHashMap<>(services.settings("0.0.0.0", MIGRATOR_PORT));
    String migrator = "mooring.migrator.";
    settings.put(migrator + "volume-manager.url", ServicePrograms.managerUrl().toString());
    settings.put(
        migrator + "application.url", "http://" + ClusterNetwork.CONTROL_ADDRESS + ":" + DOOR_PORT);
    if (!managedBootstrapServers.isEmpty()) {
      settings.put(migrator + "application.kafka-bootstrap-servers", managedBootstrapServers);
    }
    settings.put(migrator + "pair-token-file", pairToken().toString());
    settings.put(migrator + "store.endpoint", storeUrl().toString());
    settings.put(migrator + "store.bucket", BUCKET);
    settings.put(migrator + "store.access-key", S3Server.ACCESS_KEY);
    settings.put(migrator + "store.secret-key", S3Server.SECRET_KEY);
    settings.put(migrator + "store.passphrase-file", passphrase().toString());
    // One volume after the other: each then finds what the ones before it have stored.
    settings.put(migrator + "transfer.tasks-max", "1");
    settings.put(migrator + "transfer.workers", "2");
    JavaProgram program = services.migratorProgram();
    return starter.specify(
        "migrator", program.command(starter.archiveOptions(program), settings, List.of()));
  }

  private Path pairToken() {
    try {
      SecretFile.make(files.pairToken());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the token of the migrator", e);
    }
    return files.pairToken();
  }

  private Path passphrase() {
    return storeFiles.controlData(STORE).resolve("passphrase");
  }
}
