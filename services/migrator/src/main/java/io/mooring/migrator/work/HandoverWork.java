package io.mooring.migrator.work;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.objects.ObjectFields;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.migrator.outside.RestClient;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the migrator of the other side to restore the backup and follows what it tells. Volumes go
 * through the object store only; what passes here is the request and the progress.
 */
final class HandoverWork {

  private static final Duration POLL = Duration.ofSeconds(1);

  /** The other side may be restarted meanwhile. */
  private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

  private final RestClient target;
  private final MigrationState migration;

  HandoverWork(RestClient target, MigrationState migration) {
    this.target = target;
    this.migration = migration;
  }

  Findings run(Board board) throws IOException, WorkRefusedException, InterruptedException {
    target.post("/migrations", request(), migration.getCommandId());
    long heard = System.nanoTime();
    while (true) {
      try {
        JsonNode restore = target.get("/migrations/" + migration.getName());
        heard = System.nanoTime();
        Findings findings = findings(restore);
        board.show(findings);
        switch (restore.path("status").asText()) {
          case "SUCCESSFUL", "PARTIAL_SUCCESS" -> {
            return findings;
          }
          case "FAILED", "PURGED" ->
              throw new WorkRefusedException(
                  "MIG-072 The other side of pair '%s' has not restored. It says: %s Correct that,"
                          .formatted(migration.getSpec().getPair(), restore.path("reason").asText())
                      + " then restore the backup there; it is complete.");
          default -> {}
        }
      } catch (OutsideException e) {
        if (System.nanoTime() - heard > SILENCE_MAX.toNanos()) {
          throw e;
        }
      }
      Thread.sleep(POLL);
    }
  }

  private Map<String, Object> request() {
    MigrationSpec spec = migration.getSpec();
    Map<String, Object> request = new LinkedHashMap<>(ObjectFields.of(spec).asRequest());
    request.put("name", migration.getName());
    request.put("kind", "RESTORE");
    request.put("backup", migration.getName());
    request.put("startApplications", spec.getStartApplications());
    request.put("replace", spec.getReplace());
    request.put("schedule", spec.getSchedule());
    request.put("origin", origin(spec));
    request.put("parameters", spec.getParameters());
    request.put("bytesPerSecond", spec.getBytesPerSecond());
    request.put("requestedBy", "migration " + migration.getName());
    return request;
  }

  /** What objects are marked with, so that the next migration of the same line knows its own. */
  private static String origin(MigrationSpec spec) {
    return spec.getSchedule().isEmpty()
        ? "pair/" + spec.getPair()
        : "schedule/" + spec.getSchedule();
  }

  private Findings findings(JsonNode restore) {
    List<MigrationVolume> volumes = new ArrayList<>();
    for (JsonNode volume : restore.path("volumes")) {
      for (MigrationVolume own : migration.getVolumes()) {
        if (own.getName().equals(volume.path("name").asText())) {
          volumes.add(
              MigrationVolume.newBuilder(own)
                  .setStatus(TransferStatus.valueOf(volume.path("status").asText("QUEUED")))
                  .setDoneBytes(volume.path("doneBytes").asLong())
                  .setMovedBytes(volume.path("movedBytes").asLong())
                  .setBytesPerSecond(volume.path("bytesPerSecond").asLong())
                  .setLeftSeconds(volume.path("leftSeconds").asLong())
                  .build());
        }
      }
    }
    MigrationStage stage =
        restore.path("stage").asText().equals("APPLICATIONS")
            ? MigrationStage.APPLICATIONS
            : MigrationStage.VOLUMES;
    return new Findings(
        volumes,
        stage,
        restore.path("resourcesTotal").asInt(-1),
        restore.path("resourcesDone").asInt(),
        "",
        "",
        restore.path("leftBehind").asText(""));
  }
}
