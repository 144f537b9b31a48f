package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring get pairs}. */
@Command(
    name = "pairs",
    aliases = "clusterpairs",
    mixinStandardHelpOptions = true,
    description = "Show the clusters to which this one may migrate.")
final class PairsCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(Migrator.of(target).get("/pairs", Map.of()), PairsCommand::text);
  }

  private static String text(JsonNode pairs) {
    Table table =
        new Table("NAME", "STORAGE-STATUS", "SCHEDULER-STATUS", "MODE", "TARGET", "BECAUSE");
    for (JsonNode pair : pairs) {
      table.row(
          pair.path("name").asText(),
          Units.word(pair.path("storageStatus")),
          Units.word(pair.path("schedulerStatus")),
          Units.word(pair.path("mode")),
          pair.path("targetUrl").asText(),
          pair.path("reason").asText());
    }
    return table.orElse("There is no pair.");
  }
}
