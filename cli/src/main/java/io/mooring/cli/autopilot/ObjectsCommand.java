package io.mooring.cli.autopilot;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring autopilot objects}. */
@Command(
    name = "objects",
    mixinStandardHelpOptions = true,
    description = "Show where rules stand on volumes, once they were triggered.")
final class ObjectsCommand implements Callable<Integer> {

  @Option(names = "--rule", description = "Of this rule only.")
  private @Nullable String rule;

  @Option(names = "--volume", description = "Of this volume only; id or name.")
  private @Nullable String volume;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, String> query = new HashMap<>();
    if (rule != null) {
      query.put("rule", rule);
    }
    if (volume != null) {
      query.put("volume", volume);
    }
    return target.show(target.client().get("/objects", query), ObjectsCommand::text);
  }

  private static String text(JsonNode objects) {
    Table table = new Table("RULE", "VOLUME", "STATE", "SINCE", "FROM", "TO", "BECAUSE");
    for (JsonNode object : objects) {
      table.row(
          object.path("rule").asText(),
          object.path("volume").asText(),
          object.path("state").asText(),
          Units.moment(object.path("since")),
          Units.bytes(object.path("fromBytes")),
          Units.bytes(object.path("toBytes")),
          object.path("message").asText());
    }
    return table.orElse("No rule was triggered yet.");
  }
}
