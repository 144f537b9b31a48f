package io.mooring.cli.autopilot;

import io.mooring.cli.Target;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring autopilot approve}. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = "Agree to an action; it is done exactly as it was previewed.")
final class ApproveCommand implements Callable<Integer> {

  @Mixin private Decision decision = new Decision();
  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return decision.send(target, "approved");
  }
}
