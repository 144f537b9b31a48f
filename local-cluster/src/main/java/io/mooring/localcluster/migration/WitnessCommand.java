package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.process.Await;
import io.mooring.localcluster.services.MigrationPrograms;
import io.mooring.localcluster.services.ServicePrograms;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the demonstration does on the other cluster, in whose network it runs as a process of its
 * own: both clusters have the same addresses.
 */
@Command(name = "witness", hidden = true, description = "Part of the demonstration of a migration.")
public final class WitnessCommand implements Callable<Integer> {

  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String KAFKA = "?namespace=" + ManagedKafka.NAME;

  @Option(names = "--pods", required = true, description = "Pods that are to be ready first.")
  private int pods;

  @Option(names = "--brokers", required = true, description = "Brokers among them.")
  private int brokers;

  @Option(names = "--cut", description = "File with what is to be there.")
  private @Nullable Path cut;

  @Option(names = "--ledger", description = "Folder of the ledger.")
  private @Nullable Path ledger;

  @Option(names = "--group", description = "Consumer group.")
  private @Nullable String group;

  @Option(names = "--out", description = "File for what was found.")
  private @Nullable Path out;

  private final ObjectMapper json = new ObjectMapper();

  @Override
  public Integer call() throws IOException, InterruptedException {
    URI door =
        URI.create("http://" + ClusterNetwork.CONTROL_ADDRESS + ":" + MigrationPrograms.doorPort());
    try (RestDoor orchestrator = new RestDoor(door)) {
      if (cut == null || ledger == null || group == null || out == null) {
        clear(orchestrator);
        return 0;
      }
      Await.until(
          "the pods of the other cluster are ready",
          "./mooring status of that cluster",
          LIMIT,
          () -> ready(orchestrator) == pods);
      try (Witness witness = new Witness(ManagedKafka.bootstrapServers(brokers), LIMIT)) {
        json.writeValue(
            out.toFile(),
            witness.look(json.readValue(cut.toFile(), KafkaCut.class), Ledger.of(ledger), group));
      }
    }
    return 0;
  }

  /** Ends a rehearsal: the pods are stopped and what they had is deleted. */
  private static void clear(RestDoor orchestrator) throws InterruptedException {
    orchestrator.post("/applications/stop" + KAFKA, Map.of());
    Await.until(
        "the pods of the other cluster have ended",
        "./mooring status of that cluster",
        LIMIT,
        () -> orchestrator.get("/applications" + KAFKA).path("running").asInt() == 0);
    try (RestDoor manager = new RestDoor(ServicePrograms.managerUrl())) {
      for (JsonNode object : orchestrator.get("/objects" + KAFKA)) {
        if (object.path("kind").asText().equals("PersistentVolumeClaim")) {
          manager.delete("/volumes/" + object.path("name").asText());
        }
      }
    }
  }

  private static int ready(RestDoor orchestrator) throws InterruptedException {
    return orchestrator.get("/applications" + KAFKA).path("ready").asInt();
  }
}
