package io.mooring.cli.migrator;

import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate pair}. */
@Command(
    name = "pair",
    mixinStandardHelpOptions = true,
    description = "Name another cluster to which this one may migrate.")
final class PairCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Of the pair.")
  private String name = "";

  @Option(names = "--target", required = true, description = "REST API of its migrator.")
  private String targetUrl = "";

  @Option(
      names = "--mode",
      defaultValue = "default",
      description =
          "default: every seventh migration reads everything; disaster_recovery: only changes,"
              + " always; one_time_migration: everything.")
  private String mode = "";

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        Migrator.of(target)
            .putJson(
                "/pairs/" + RestClient.encoded(name), Map.of("targetUrl", targetUrl, "mode", mode)),
        _ -> name + " is a pair; 'mooring get pairs' asks the other side.\n");
  }
}
