package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.RestClient;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;

/** The service that all of these commands ask. */
final class Migrator {

  private static final int PORT = 8083;

  private Migrator() {}

  static RestClient of(Target target) {
    return target.client(PORT);
  }

  /** The row form of migrations. */
  static String rows(Iterable<JsonNode> migrations) {
    Table table =
        new Table(
            "NAME", "CLUSTERPAIR", "STAGE", "STATUS", "VOLUMES", "RESOURCES", "CREATED", "ELAPSED");
    for (JsonNode migration : migrations) {
      String pair = migration.path("pair").asText();
      table.row(
          migration.path("name").asText(),
          pair.isEmpty() ? "-" : pair,
          Units.word(migration.path("stage")),
          Units.word(migration.path("status")),
          of(migration, "volumes"),
          of(migration, "resources"),
          Units.moment(migration.path("createdAt")),
          Units.duration(migration.path("elapsedSeconds")));
    }
    return table.orElse("Nothing was backed up, restored or migrated yet.");
  }

  private static String of(JsonNode migration, String what) {
    return migration.path(what + "Done").asInt() + "/" + migration.path(what + "Total").asInt();
  }

  /** One migration with its volumes. */
  static String details(JsonNode migration) {
    StringBuilder text = new StringBuilder(rows(java.util.List.of(migration)));
    Table volumes =
        new Table("VOLUME", "STATUS", "SIZE", "DONE", "MOVED", "PER SECOND", "LEFT", "BECAUSE");
    for (JsonNode volume : migration.path("volumes")) {
      volumes.row(
          volume.path("name").asText(),
          Units.word(volume.path("status")),
          Units.bytes(volume.path("sizeBytes")),
          Units.bytes(volume.path("doneBytes")),
          Units.bytes(volume.path("movedBytes")),
          Units.bytes(volume.path("bytesPerSecond")),
          Units.duration(volume.path("leftSeconds")),
          volume.path("reason").asText());
    }
    text.append('\n').append(volumes.orElse("Its volumes are not known yet."));
    for (String line : new String[] {"cut", "reason", "leftBehind"}) {
      if (!migration.path(line).asText().isEmpty()) {
        text.append('\n').append(line).append(": ").append(migration.path(line).asText());
      }
    }
    return text.toString().stripTrailing() + "\n";
  }
}
