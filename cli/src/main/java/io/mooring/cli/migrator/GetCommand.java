package io.mooring.cli.migrator;

import picocli.CommandLine.Command;

/** {@code mooring get}. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "KIND",
    subcommands = {
      MigrationsCommand.class,
      PairsCommand.class,
      MigrationRulesCommand.class,
      MigrationSchedulesCommand.class
    },
    description = "Show what there is.")
public final class GetCommand {
  private GetCommand() {}
}
