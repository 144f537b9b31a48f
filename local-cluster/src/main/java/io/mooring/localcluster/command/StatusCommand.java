package io.mooring.localcluster.command;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a running cluster. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show nodes, pods and volumes of a running cluster.")
final class StatusCommand implements Callable<Integer> {

  @Mixin private TargetOptions target = new TargetOptions();

  @Option(names = "--json", description = "As JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    List<String> words = json ? List.of("status", "json") : List.of("status");
    spec.commandLine().getOut().println(ControlEndpoint.request(target.socket(), words));
    return 0;
  }
}
