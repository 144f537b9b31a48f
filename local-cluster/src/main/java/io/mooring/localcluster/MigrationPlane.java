package io.mooring.localcluster;

import io.mooring.localcluster.network.SitesNetwork;
import io.mooring.localcluster.process.Await;
import io.mooring.localcluster.process.SupervisedProcess;
import io.mooring.localcluster.services.MigrationPrograms;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What moves applications between clusters: the migrator of this one, and the object store if this
 * is the cluster that has it.
 */
final class MigrationPlane {

  private static final Duration START_LIMIT = Duration.ofSeconds(120);
  private static final int CONNECT_LIMIT_MS = 200;

  private final ClusterFiles files;
  private final SitesNetwork sites;
  private final Optional<SupervisedProcess> store;
  private final SupervisedProcess migrator;
  private String address = "";

  /**
   * @param owner cluster that has the object store
   */
  MigrationPlane(
      String owner,
      String cluster,
      ClusterFiles files,
      MigrationPrograms programs,
      String managedBootstrapServers) {
    this.files = files;
    this.sites = new SitesNetwork(owner, cluster);
    this.store =
        owner.equals(cluster)
            ? Optional.of(
                new SupervisedProcess(
                    "object-store", () -> ControlPlane.start(programs.store(sites.storeDoor()))))
            : Optional.empty();
    this.migrator =
        new SupervisedProcess(
            "migrator", () -> ControlPlane.start(programs.migrator(managedBootstrapServers)));
  }

  /** Where other clusters reach the migrator of this one. */
  URI migratorUrl() {
    return MigrationPrograms.migratorUrl(address);
  }

  SupervisedProcess migrator() {
    return migrator;
  }

  /** Joins the network between the clusters, then starts what is needed. */
  void start(Progress progress) throws InterruptedException {
    if (store.isPresent()) {
      sites.create();
    }
    address = sites.join();
    if (store.isPresent()) {
      store.get().start();
      Await.until(
          "the object store serves",
          files.log("object-store"),
          START_LIMIT,
          MigrationPlane::storeListens);
      progress.say("object store serves on " + MigrationPrograms.storeUrl());
    }
    migrator.start();
    ControlPlane.awaitHttp(
        "migrator is ready",
        files.log("migrator"),
        MigrationPrograms.migratorUrl() + "/q/health/ready");
    progress.say(
        "migrator is ready on %s, for other clusters on %s"
            .formatted(MigrationPrograms.migratorUrl(), migratorUrl()));
  }

  List<SupervisedProcess> processes() {
    List<SupervisedProcess> all = new ArrayList<>(List.of(migrator));
    store.ifPresent(all::add);
    return all;
  }

  /** Stops everything; SIGKILL for each after {@code grace}. */
  void stop(Duration grace) throws InterruptedException {
    migrator.stop(grace);
    if (store.isPresent()) {
      store.get().stop(grace);
      sites.delete();
    } else {
      sites.leave();
    }
  }

  private static boolean storeListens() {
    URI url = MigrationPrograms.storeUrl();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), CONNECT_LIMIT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
