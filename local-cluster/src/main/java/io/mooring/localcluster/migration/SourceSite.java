package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.node.NodeSpec;
import io.mooring.localcluster.process.Await;
import io.mooring.localcluster.services.MigrationPrograms;
import io.mooring.localcluster.services.ServicePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;

/** The source as a site that can be lost, and what a person does when it comes back. */
final class SourceSite implements AutoCloseable {

  private static final Duration RETRY = Duration.ofMillis(500);

  private final LocalCluster cluster;
  private final Duration limit;
  private final RestDoor migrator;

  /**
   * @param limit longest time to wait for anything
   */
  SourceSite(LocalCluster cluster, Duration limit) throws IOException {
    this.cluster = cluster;
    this.limit = limit;
    this.migrator =
        new RestDoor(
            MigrationPrograms.migratorUrl(), Files.readString(cluster.pairToken()).strip());
  }

  RestDoor migrator() {
    return migrator;
  }

  /** Every node dies, and with them all that decides. The object store is elsewhere. */
  void lose() throws InterruptedException {
    for (NodeSpec node : cluster.nodes()) {
      cluster.faults().killNode(node.name());
    }
    cluster.faults().killMigrator();
    cluster.faults().killManager();
    cluster.faults().killControlKafka();
  }

  /**
   * Its power is back. Its application must not run beside the one that runs elsewhere, and has
   * data that the other one never had: it is stopped before a node can start it, and its volumes
   * are deleted, so that a failback may make them again.
   */
  void comeBackEmpty() throws InterruptedException {
    cluster.faults().startControlKafka();
    cluster.faults().startManager();
    cluster.faults().startMigrator();
    Await.until("the migrator is ready again", "./mooring logs migrator", limit, migrator::isReady);
    migrator.post("/applications/stop?namespace=" + ManagedKafka.NAME, Map.of());
    for (NodeSpec node : cluster.nodes()) {
      cluster.faults().startNode(node.name());
    }
    Await.until(
        "the pods of the source have ended",
        "./mooring status",
        limit,
        () -> cluster.pods().isEmpty());
    try (RestDoor manager = new RestDoor(ServicePrograms.managerUrl())) {
      Await.until("volume-manager is ready again", "its log", limit, manager::isReady);
      Await.until("the volumes are deleted", "volume-manager's log", limit, () -> deleted(manager));
    }
  }

  /** Snapshots first, in which the schedule keeps what it compares with. */
  private static boolean deleted(RestDoor manager) throws InterruptedException {
    try {
      for (JsonNode set : manager.get("/snapshots")) {
        manager.delete("/snapshots/" + set.path("setId").asText());
      }
      JsonNode volumes = manager.get("/volumes");
      for (JsonNode volume : volumes) {
        manager.delete("/volumes/" + volume.path("id").asText());
      }
      if (volumes.isEmpty()) {
        return true;
      }
    } catch (LocalClusterException _) {
      // Refused as long as snapshots are being deleted or a volume is being detached.
    }
    Thread.sleep(RETRY);
    return false;
  }

  @Override
  public void close() {
    migrator.close();
  }
}
