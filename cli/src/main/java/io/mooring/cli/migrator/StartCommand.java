package io.mooring.cli.migrator;

import io.mooring.cli.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate start}. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description =
        "Copy volumes and objects to the other cluster of a pair, while all goes on here.")
final class StartCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Of the migration and its backup.")
  private String name = "";

  @Option(names = "--pair", required = true, description = "Where to.")
  private String pair = "";

  @Option(
      names = "--start-applications",
      description = "Start the applications there; otherwise they are created stopped.")
  private boolean start;

  @Option(
      names = "--replace",
      description = "Bring volumes of an earlier migration up to date, if nobody attached them.")
  private boolean replace;

  @Mixin private Choice choice = new Choice();
  @Mixin private ObjectChoice objects = new ObjectChoice();
  @Mixin private ObjectChanges changes = new ObjectChanges();
  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, Object> request = choice.request(name, "MIGRATION");
    request.put("pair", pair);
    request.put("startApplications", start);
    request.put("replace", replace);
    objects.into(request);
    changes.into(request);
    return target.show(
        Migrator.of(target).postJson("/migrations", Map.of(), request), Migrator::details);
  }
}
