package io.mooring.migrator.work;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.migrator.outside.RestClient;
import io.mooring.schemas.MigrationState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Ends the restore of the other side, when the migration that asked for it has ended early. The
 * request for it may still be on its way, so it is looked for a few times.
 */
final class RecallWork {

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int LOOKS = 5;

  private final RestClient target;
  private final MigrationState migration;
  private final Duration patience;

  RecallWork(RestClient target, MigrationState migration, Duration patience) {
    this.target = target;
    this.migration = migration;
    this.patience = patience;
  }

  Findings run() throws IOException, InterruptedException {
    String path = "/migrations/" + RestClient.encoded(migration.getName());
    long deadline = System.nanoTime() + patience.toNanos();
    boolean asked = false;
    int looks = 0;
    while (true) {
      Optional<JsonNode> restore = restore(path);
      if (restore.isEmpty() && ++looks >= LOOKS || restore.filter(RecallWork::isOver).isPresent()) {
        return Findings.NONE;
      }
      if (restore.isPresent() && !asked) {
        target.post(path + "/cancel", RestClient.nothing());
        asked = true;
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "MIG-119 The other side of pair '%s' has not ended its restore. It was asked to. Cancel"
                    .formatted(migration.getSpec().getPair())
                + " '%s' there.".formatted(migration.getName()));
      }
      Thread.sleep(POLL);
    }
  }

  private static boolean isOver(JsonNode restore) {
    return restore.path("step").asText().equals("END");
  }

  private Optional<JsonNode> restore(String path) throws IOException {
    try {
      return Optional.of(target.get(path));
    } catch (OutsideException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
