package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring get rules}. */
@Command(
    name = "rules",
    aliases = "migrationrules",
    mixinStandardHelpOptions = true,
    description = "Show the commands that are run in pods before and after snapshots.")
final class MigrationRulesCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(Migrator.of(target).get("/rules", Map.of()), MigrationRulesCommand::text);
  }

  private static String text(JsonNode rules) {
    Table table = new Table("RULE", "PODS", "BACKGROUND", "COMMAND");
    for (JsonNode rule : rules) {
      for (JsonNode item : rule.path("items")) {
        for (JsonNode action : item.path("actions")) {
          table.row(
              rule.path("name").asText(),
              pods(item, action),
              action.path("background").asBoolean() ? "yes" : "no",
              action.path("value").asText().strip().lines().findFirst().orElse(""));
        }
      }
    }
    return table.orElse("There is no rule.");
  }

  private static String pods(JsonNode item, JsonNode action) {
    StringBuilder pods = new StringBuilder();
    item.path("podSelector")
        .properties()
        .forEach(label ->
            pods.append(pods.isEmpty() ? "" : ",")
                .append(label.getKey())
                .append('=')
                .append(label.getValue().asText()));
    return action.path("runInSinglePod").asBoolean() ? "one of " + pods : pods.toString();
  }
}
