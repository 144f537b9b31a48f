package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring backup list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Show the backups of the repository, whoever made them.")
final class ListCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(Migrator.of(target).get("/backups", Map.of()), ListCommand::text);
  }

  private static String text(JsonNode backups) {
    Table table = new Table("NAME", "AT", "VOLUMES", "OBJECTS", "CONTENT", "STATE");
    for (JsonNode backup : backups) {
      table.row(
          backup.path("name").asText(),
          Units.moment(backup.path("at")),
          Integer.toString(backup.path("volumes").size()),
          Integer.toString(backup.path("objects").size()),
          Units.bytes(backup.path("contentBytes")),
          state(backup));
    }
    return table.orElse("There is no backup.");
  }

  private static String state(JsonNode backup) {
    if (backup.hasNonNull("damage")) {
      return "damaged: " + backup.path("damage").asText();
    }
    return backup.path("part").asBoolean() ? "part of an unfinished one" : "complete";
  }
}
