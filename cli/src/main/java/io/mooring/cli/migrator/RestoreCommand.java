package io.mooring.cli.migrator;

import io.mooring.cli.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring backup restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = "Make the volumes of a backup, and check them; volumes in use are never touched.")
final class RestoreCommand implements Callable<Integer> {

  @Parameters(paramLabel = "BACKUP", description = "What to restore.")
  private String backup = "";

  @Option(names = "--as", required = true, paramLabel = "NAME", description = "Of the restore.")
  private String name = "";

  @Option(names = "--volume", description = "Only this volume; may be given several times.")
  private List<String> volumes = List.of();

  @Option(names = "--start-applications", description = "Start them; otherwise they are stopped.")
  private boolean start;

  @Option(
      names = "--replace",
      description = "Bring volumes of an earlier restore up to date, if nobody attached them.")
  private boolean replace;

  @Mixin private ObjectChoice objects = new ObjectChoice();
  @Mixin private ObjectChanges changes = new ObjectChanges();
  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("name", name);
    request.put("kind", "RESTORE");
    request.put("backup", backup);
    request.put("volumes", volumes);
    request.put("startApplications", start);
    request.put("replace", replace);
    objects.into(request);
    changes.into(request);
    return target.show(
        Migrator.of(target).postJson("/migrations", Map.of(), request), Migrator::details);
  }
}
