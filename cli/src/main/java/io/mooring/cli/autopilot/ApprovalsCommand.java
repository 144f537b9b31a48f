package io.mooring.cli.autopilot;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring autopilot approvals}. */
@Command(
    name = "approvals",
    mixinStandardHelpOptions = true,
    description = "List actions that wait for a person's agreement.")
final class ApprovalsCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(target.client().get("/approvals", Map.of()), ApprovalsCommand::text);
  }

  private static String text(JsonNode approvals) {
    Table table = new Table("ID", "RULE", "VOLUME", "SINCE", "FROM", "TO");
    for (JsonNode approval : approvals) {
      table.row(
          approval.path("id").asText(),
          approval.path("rule").asText(),
          approval.path("volume").asText(),
          Units.moment(approval.path("since")),
          Units.bytes(approval.path("fromBytes")),
          Units.bytes(approval.path("toBytes")));
    }
    return table.orElse("Nothing waits for approval.");
  }
}
