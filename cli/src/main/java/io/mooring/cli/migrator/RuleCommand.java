package io.mooring.cli.migrator;

import io.mooring.cli.Documents;
import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate rule}. */
@Command(
    name = "rule",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Commands that are run in pods before and after snapshots.")
final class RuleCommand {

  private RuleCommand() {}

  @Command(
      name = "put",
      mixinStandardHelpOptions = true,
      description = "Make a rule, or change it; migrations under way keep what it said.")
  int put(
      @Parameters(paramLabel = "NAME", description = "Of the rule.") String name,
      @Option(names = "--file", required = true, description = "The rule, in YAML or JSON.")
          Path file,
      @Mixin Target target) {
    return target.show(
        Migrator.of(target).putYaml("/rules/" + RestClient.encoded(name), Documents.read(file)),
        _ -> name + " is kept.\n");
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Take a rule away.")
  int delete(
      @Parameters(paramLabel = "NAME", description = "Of the rule.") String name,
      @Mixin Target target) {
    return target.show(
        Migrator.of(target).delete("/rules/" + RestClient.encoded(name)),
        _ -> name + " is taken away.\n");
  }
}
