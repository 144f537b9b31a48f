package io.mooring.cli.migrator;

import picocli.CommandLine.Command;

/** {@code mooring backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CreateCommand.class,
      ListCommand.class,
      VerifyCommand.class,
      RestoreCommand.class,
      DeleteCommand.class,
      PruneCommand.class
    },
    description = "Backups in the object store.")
public final class BackupCommand {
  private BackupCommand() {}
}
