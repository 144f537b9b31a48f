package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring backup prune}. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description = "List what no backup needs, and delete what was listed a day ago or earlier.")
final class PruneCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        Migrator.of(target).postJson("/backups/prune", Map.of(), Map.of()), PruneCommand::text);
  }

  private static String text(JsonNode report) {
    return "%s packs deleted, %s free; %s newly listed; %s packs in the store.\n"
        .formatted(
            report.path("packsDeleted").asText(),
            Units.bytes(report.path("bytesDeleted")),
            report.path("packsListed").asText(),
            report.path("packs").asText());
  }
}
