package io.mooring.cli.autopilot;

import io.mooring.cli.Target;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring autopilot decline}. */
@Command(
    name = "decline",
    mixinStandardHelpOptions = true,
    description = "Refuse an action; the rule asks again once its conditions have cleared.")
final class DeclineCommand implements Callable<Integer> {

  @Mixin private Decision decision = new Decision();
  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    return decision.send(target, "declined");
  }
}
