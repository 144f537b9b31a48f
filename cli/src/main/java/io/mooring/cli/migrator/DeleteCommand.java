package io.mooring.cli.migrator;

import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mooring backup delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Delete a backup; prune frees its space.")
final class DeleteCommand implements Callable<Integer> {

  @Parameters(paramLabel = "BACKUP", description = "What to delete.")
  private String backup = "";

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return target.show(
        Migrator.of(target).delete("/backups/" + RestClient.encoded(backup)),
        _ -> backup + " is deleted.\n");
  }
}
