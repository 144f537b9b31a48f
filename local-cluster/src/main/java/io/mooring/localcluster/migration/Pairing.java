package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.localcluster.process.Await;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Makes another cluster known to a migrator. */
final class Pairing {

  private Pairing() {}

  /**
   * Returns when the migrator has asked the other one.
   *
   * @param name of the pair
   * @param target address of the other migrator
   * @param token that the other migrator demands
   */
  static void make(RestDoor migrator, String name, URI target, String token, Duration limit)
      throws InterruptedException {
    migrator.put("/pairs/" + name, Map.of("targetUrl", target.toString(), "token", token));
    Await.until(
        "pair '" + name + "' is ready",
        "the logs of both migrators",
        limit,
        () -> isReady(migrator, name));
  }

  private static boolean isReady(RestDoor migrator, String name) throws InterruptedException {
    for (JsonNode pair : migrator.get("/pairs")) {
      if (pair.path("name").asText().equals(name)
          && pair.path("storageStatus").asText().equals("READY")
          && pair.path("schedulerStatus").asText().equals("READY")) {
        return true;
      }
    }
    return false;
  }
}
