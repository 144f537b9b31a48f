package io.mooring.cli.migrator;

import io.mooring.cli.Target;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate application}. */
@Command(
    name = "application",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Start and stop the pods of a namespace by hand, where a failover was left.")
final class ApplicationCommand {

  private ApplicationCommand() {}

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "Start the pods that there were.")
  int start(
      @Parameters(paramLabel = "NAMESPACE", description = "Of the pods.") String namespace,
      @Mixin Target target) {
    return scale("start", namespace, target);
  }

  @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stop all pods.")
  int stop(
      @Parameters(paramLabel = "NAMESPACE", description = "Of the pods.") String namespace,
      @Mixin Target target) {
    return scale("stop", namespace, target);
  }

  private static int scale(String what, String namespace, Target target) {
    return target.show(
        Migrator.of(target)
            .postJson("/applications/" + what, Map.of("namespace", namespace), Map.of()),
        _ -> "The pods of " + namespace + ": " + what + ".\n");
  }
}
