package io.mooring.cli.autopilot;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Problems;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring autopilot preview}. */
@Command(
    name = "preview",
    mixinStandardHelpOptions = true,
    description = "Dry run of rules on the newest measurements; nothing is done.")
final class PreviewCommand implements Callable<Integer> {

  @Mixin private RulesFile rules = new RulesFile();
  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        target.client().postYaml("/preview", Map.of(), rules.text()), PreviewCommand::text);
  }

  private static String text(JsonNode preview) {
    Table table = new Table("RULE", "VOLUME", "USED", "OF", "CONDITIONS", "WOULD", "TO");
    for (JsonNode volume : preview.path("volumes")) {
      String approval = volume.path("approvalRequired").asBoolean() ? ", once approved" : "";
      String would =
          switch (volume.path("outcome").asText()) {
            case "GROW" -> "grow" + approval;
            case "AT_MAXIMUM" -> "stay at its maximum";
            default -> "do nothing";
          };
      table.row(
          volume.path("rule").asText(),
          volume.path("volume").asText(),
          Units.bytes(volume.path("usedBytes")),
          Units.bytes(volume.path("capacityBytes")),
          volume.path("verdict").asText(),
          would,
          Units.bytes(volume.path("toBytes")));
    }
    StringBuilder text = new StringBuilder(table.orElse("The rules select no measured volume."));
    if (!preview.path("problems").isEmpty()) {
      text.append("\nRules that cannot be used:\n");
      preview.path("problems").forEach(problem -> text.append(Problems.line(problem)).append('\n'));
    }
    int known = preview.path("partitions").size();
    int all = preview.path("partitionsOfAll").asInt(known);
    if (known < all) {
      text.append(
          "\nThis instance knows %d of %d parts of the volumes; ask the others too.\n"
              .formatted(known, all));
    }
    return text.toString();
  }
}
