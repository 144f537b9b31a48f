package io.mooring.cli.migrator;

import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mooring get migrations}. */
@Command(
    name = "migrations",
    aliases = "migration",
    mixinStandardHelpOptions = true,
    description = "Show backups, restores and migrations, newest first, or one with its volumes.")
final class MigrationsCommand implements Callable<Integer> {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "One of them.")
  private @Nullable String name;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    RestClient migrator = Migrator.of(target);
    return name == null
        ? target.show(migrator.get("/migrations", Map.of()), Migrator::rows)
        : target.show(
            migrator.get("/migrations/" + RestClient.encoded(name), Map.of()), Migrator::details);
  }
}
