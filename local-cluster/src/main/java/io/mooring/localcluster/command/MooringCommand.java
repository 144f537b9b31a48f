package io.mooring.localcluster.command;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.bench.BenchCommand;
import io.mooring.localcluster.demo.DemoCommand;
import io.mooring.localcluster.drill.DrillCommand;
import io.mooring.localcluster.migration.WitnessCommand;
import io.mooring.localcluster.migration.WriterCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point behind {@code ./mooring}. */
@Command(
    name = "mooring",
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      StatusCommand.class,
      FaultCommand.class,
      DrillCommand.class,
      BenchCommand.class,
      WitnessCommand.class,
      WriterCommand.class
    },
    description = "A whole Mooring system on one machine.")
public final class MooringCommand {

  private static final int FAILED = 1;

  private MooringCommand() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new MooringCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(MooringCommand::explain)
            .execute(arguments));
  }

  // A known error is told in its own words; a trace is for bugs.
  private static int explain(
      Exception error, CommandLine command, CommandLine.@Nullable ParseResult parsed)
      throws Exception {
    if (error instanceof LocalClusterException known) {
      command.getErr().println(known.getMessage());
      return FAILED;
    }
    throw error;
  }
}
