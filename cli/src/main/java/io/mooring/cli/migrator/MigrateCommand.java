package io.mooring.cli.migrator;

import picocli.CommandLine.Command;

/** {@code mooring migrate}. */
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StartCommand.class,
      CancelCommand.class,
      ForgetCommand.class,
      PairCommand.class,
      RuleCommand.class,
      ScheduleCommand.class,
      FailoverCommand.class,
      FailbackCommand.class,
      ApplicationCommand.class
    },
    description = "Move volumes and the objects of applications to another cluster.")
public final class MigrateCommand {
  private MigrateCommand() {}
}
