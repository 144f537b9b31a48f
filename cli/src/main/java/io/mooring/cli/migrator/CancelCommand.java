package io.mooring.cli.migrator;

import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate cancel}. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = "End a backup, restore or migration early; it clears up.")
final class CancelCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Which one.")
  private String name = "";

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        Migrator.of(target)
            .postJson("/migrations/" + RestClient.encoded(name) + "/cancel", Map.of(), Map.of()),
        _ -> name + " is being cancelled.\n");
  }
}
