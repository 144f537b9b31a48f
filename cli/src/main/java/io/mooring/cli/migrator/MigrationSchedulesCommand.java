package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring get migrationschedules}. */
@Command(
    name = "migrationschedules",
    aliases = "migrationschedule",
    mixinStandardHelpOptions = true,
    description = "Show migrations that begin by themselves, and the newest of each.")
final class MigrationSchedulesCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        Migrator.of(target).get("/schedules", Map.of()), MigrationSchedulesCommand::text);
  }

  private static String text(JsonNode schedules) {
    Table table =
        new Table("NAME", "CLUSTERPAIR", "WHEN", "SUSPENDED", "LAST", "STATUS", "AT", "BECAUSE");
    for (JsonNode schedule : schedules) {
      boolean begun = !schedule.path("last").asText().isEmpty();
      table.row(
          schedule.path("name").asText(),
          schedule.path("pair").asText(),
          when(schedule.path("when")),
          schedule.path("suspended").asBoolean() ? "yes" : "no",
          begun ? schedule.path("last").asText() : "-",
          begun ? Units.word(schedule.path("lastStatus")) : "-",
          begun ? Units.moment(schedule.path("lastAt")) : "-",
          schedule.path("reason").asText());
    }
    return table.orElse("There is no schedule.");
  }

  private static String when(JsonNode when) {
    for (Map.Entry<String, JsonNode> word : when.properties()) {
      if (!word.getValue().isNull()) {
        return word.getKey() + " " + word.getValue().asText();
      }
    }
    return "never";
  }
}
