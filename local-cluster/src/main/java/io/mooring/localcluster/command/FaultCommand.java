package io.mooring.localcluster.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Injects a fault into a running cluster, or undoes one. */
@Command(
    name = "fault",
    mixinStandardHelpOptions = true,
    description = "Inject a fault into a running cluster, or undo one.")
final class FaultCommand implements Callable<Integer> {

  @Mixin private TargetOptions target = new TargetOptions();

  @Parameters(index = "0", description = "One of: ${COMPLETION-CANDIDATES}.")
  private FaultKind kind = FaultKind.KILL_NODE;

  @Parameters(index = "1", arity = "0..1", description = "Node, where the fault needs one.")
  private @Nullable String node;

  @Option(
      names = "--for",
      description = "How long pause-node lasts, e.g. 800ms or 20s; until resume-node without it.")
  private @Nullable String duration;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (kind.needsNode() != (node != null)) {
      throw new ParameterException(
          spec.commandLine(), kind + (kind.needsNode() ? " needs a node" : " takes no node"));
    }
    List<String> words = new ArrayList<>(List.of("fault", kind.toString()));
    if (node != null) {
      words.add(node);
    }
    if (duration != null) {
      words.add(Long.toString(Durations.parse(duration).toMillis()));
    }
    spec.commandLine().getOut().println(ControlEndpoint.request(target.socket(), words));
    return 0;
  }
}
