package io.mooring.cli;

import io.mooring.cli.autopilot.AutopilotCommand;
import io.mooring.cli.migrator.BackupCommand;
import io.mooring.cli.migrator.GetCommand;
import io.mooring.cli.migrator.MigrateCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command itself; each service has a group of its own. */
@Command(
    name = "mooring",
    mixinStandardHelpOptions = true,
    subcommands = {
      AutopilotCommand.class,
      GetCommand.class,
      BackupCommand.class,
      MigrateCommand.class
    },
    description = "Ask Mooring's services, and tell them what to do.")
public final class MooringCli {

  private static final int FAILED = 1;

  private MooringCli() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command, ready to be executed. */
  public static CommandLine commandLine() {
    return new CommandLine(new MooringCli()).setExecutionExceptionHandler(MooringCli::explain);
  }

  // A known error is told in its own words; a trace is for bugs.
  private static int explain(
      Exception error, CommandLine command, CommandLine.@Nullable ParseResult parsed)
      throws Exception {
    if (error instanceof CliException known) {
      command.getErr().println(known.getMessage());
      return FAILED;
    }
    throw error;
  }
}
