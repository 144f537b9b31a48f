package io.mooring.localcluster.demo;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./mooring demo failover}. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description =
        "Kill the node of a Kafka broker under load and check everything that is promised.")
final class FailoverCommand implements Callable<Integer> {

  @Mixin private FailoverRun failover = new FailoverRun();

  @Override
  public Integer call() throws IOException {
    return failover.run();
  }
}
