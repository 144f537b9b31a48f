package io.mooring.localcluster.demo;

import io.mooring.localcluster.capacity.CapacityCommand;
import io.mooring.localcluster.migration.MigrationCommand;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./mooring demo}: the stories that can be shown; without a word, the failover. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    subcommands = {FailoverCommand.class, CapacityCommand.class, MigrationCommand.class},
    description = "Show a story and check everything that is promised; without a word, failover.")
public final class DemoCommand implements Callable<Integer> {

  @Mixin private FailoverRun failover = new FailoverRun();

  @Override
  public Integer call() throws IOException {
    return failover.run();
  }
}
