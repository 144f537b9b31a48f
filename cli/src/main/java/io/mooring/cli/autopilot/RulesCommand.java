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

/** {@code mooring autopilot rules}. */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    description = "List all rules, also those that are not used because of their problems.")
final class RulesCommand implements Callable<Integer> {

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(target.client().get("/rules", Map.of()), RulesCommand::text);
  }

  private static String text(JsonNode rules) {
    Table table = new Table("RULE", "IN USE", "ORIGIN", "SINCE");
    StringBuilder problems = new StringBuilder();
    for (JsonNode rule : rules) {
      table.row(
          rule.path("name").asText(),
          rule.path("inUse").asBoolean() ? "yes" : "no",
          rule.path("origin").asText(),
          Units.moment(rule.path("updatedAt")));
      if (!rule.path("problems").isEmpty()) {
        problems.append("\nProblems of ").append(rule.path("name").asText()).append(":\n");
        rule.path("problems")
            .forEach(problem -> problems.append(Problems.line(problem)).append('\n'));
      }
    }
    return table.orElse("There are no rules.") + problems;
  }
}
