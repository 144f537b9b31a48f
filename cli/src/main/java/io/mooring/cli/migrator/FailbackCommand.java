package io.mooring.cli.migrator;

import io.mooring.cli.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate failback}. */
@Command(
    name = "failback",
    mixinStandardHelpOptions = true,
    description =
        "Ask the other side to move the applications of a schedule back; it is a migration there.")
final class FailbackCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SCHEDULE", description = "Whose applications move back.")
  private String schedule = "";

  @Option(
      names = "--pair",
      description = "Name of the pair on the other side that leads here, if it is another.")
  private @Nullable String pair;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("requestedBy", System.getProperty("user.name", "cli"));
    if (pair != null) {
      request.put("pair", pair);
    }
    return target.show(
        Migrator.of(target)
            .postJson(ScheduleCommand.path(schedule) + "/failback", Map.of(), request),
        Migrator::details);
  }
}
