package io.mooring.cli.migrator;

import io.mooring.cli.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring backup create}. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Copy volumes, and objects of the same moment, to the object store.")
final class CreateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Of the backup.")
  private String name = "";

  @Option(
      names = "--snapshots-only",
      description = "Take the snapshots, under the rules, and leave them where they are.")
  private boolean snapshotsOnly;

  @Mixin private Choice choice = new Choice();
  @Mixin private ObjectChoice objects = new ObjectChoice();
  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, Object> request = choice.request(name, snapshotsOnly ? "SNAPSHOT" : "BACKUP");
    objects.into(request);
    return target.show(
        Migrator.of(target).postJson("/migrations", Map.of(), request), Migrator::details);
  }
}
