package io.mooring.cli.migrator;

import io.mooring.cli.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate failover}. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description =
        "Stop the applications of a schedule, copy what changed last, start them on the target; on"
            + " a failure they are started here again.")
final class FailoverCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SCHEDULE", description = "Whose applications move.")
  private String schedule = "";

  @Option(
      names = "--skip-source-operations",
      description =
          "Ask nothing of the source, which is lost: start what was restored last. Ask the target's"
              + " migrator then, with --url.")
  private boolean skipSourceOperations;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("skipSourceOperations", skipSourceOperations);
    request.put("requestedBy", System.getProperty("user.name", "cli"));
    return target.show(
        Migrator.of(target)
            .postJson(ScheduleCommand.path(schedule) + "/failover", Map.of(), request),
        Migrator::details);
  }
}
