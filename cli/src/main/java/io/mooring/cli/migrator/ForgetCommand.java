package io.mooring.cli.migrator;

import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate forget}. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description =
        "Take one that is over off the list, and delete the snapshots that it keeps. Its backup"
            + " stays.")
final class ForgetCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Which one.")
  private String name = "";

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        Migrator.of(target).delete("/migrations/" + RestClient.encoded(name)),
        _ -> name + " is forgotten.\n");
  }
}
