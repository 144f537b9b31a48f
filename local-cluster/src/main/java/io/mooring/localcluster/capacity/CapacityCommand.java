package io.mooring.localcluster.capacity;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.OrderlyStop;
import io.mooring.localcluster.report.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./mooring demo capacity}: exit status 0 only if every check held. */
@Command(
    name = "capacity",
    mixinStandardHelpOptions = true,
    description =
        "Fill four brokers and see their volumes grow by the paper's rule: 400, 800, 1000 MiB, no more.")
public final class CapacityCommand implements Callable<Integer> {

  @Option(
      names = "--name",
      defaultValue = "demo",
      description = "Name of the cluster (${DEFAULT-VALUE}); clusters run side by side.")
  private String name = "demo";

  @Option(
      names = "--scale",
      defaultValue = "standard",
      description = "Four brokers or two: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private CapacitySettings.Scale scale = CapacitySettings.Scale.STANDARD;

  @Option(
      names = "--faults",
      description = "Kill autopilot, volume-manager, agents and the control Kafka meanwhile.")
  private boolean faults;

  @Option(
      names = "--overload",
      description =
          "Another story: write faster than the cool-down allows, with and without forecast.")
  private boolean overload;

  @Option(names = "--seed", description = "Seed of the faults; drawn and printed if absent.")
  private @Nullable Long seed;

  @Option(names = "--json", description = "Also write the result to this file.")
  private @Nullable Path json;

  @Option(
      names = "--report",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports/capacity.html",
      description = "Page with plots (${DEFAULT-VALUE}).")
  private Path report = Path.of("capacity.html");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Progress progress = Progress.onStandardOutput();
    Path home = Path.of(System.getProperty("mooring.home", ".")).toAbsolutePath().normalize();
    Path rules = ClusterFiles.of(home, name).root().resolve("rules.yaml");
    if (overload && (faults || scale != CapacitySettings.Scale.STANDARD)) {
      throw new ParameterException(
          spec.commandLine(), "--overload is a story of one size and without --faults");
    }
    return OrderlyStop.run(
        () -> overload ? overload(progress, home, rules) : table4(progress, home, rules));
  }

  private int overload(Progress progress, Path home, Path rules)
      throws InterruptedException, IOException {
    RuleFile rule = RuleFile.ofOverload();
    OverloadResult result;
    try (LocalCluster cluster =
        LocalCluster.start(
            CapacitySettings.of(CapacitySettings.Scale.STANDARD, false)
                .cluster(name, home, rule.writeTo(rules), OverloadStory.VOLUME_BYTES),
            progress)) {
      result =
          new OverloadStory(cluster, progress)
              .run(report.resolveSibling("capacity-ledger"))
              .result(rule.text());
    }
    OverloadReport shown = new OverloadReport(result);
    return new Publication(report, json).publish(result.held(), shown.text(), shown.page(), result);
  }

  private int table4(Progress progress, Path home, Path rules)
      throws InterruptedException, IOException {
    RuleFile rule = RuleFile.ofPaper();
    CapacitySettings settings = CapacitySettings.of(scale, faults);
    long drawn = seed == null ? System.nanoTime() & 0xffffff : seed;
    progress.say("a GB of the paper is a MiB here; the paper's rule, with a cool-down of 5 s");
    CapacityEvidence evidence;
    List<CapacityResult.Struck> struck;
    try (LocalCluster cluster =
        LocalCluster.start(
            settings.cluster(name, home, rule.writeTo(rules), PaperRow.DOUBLED.fromBytes()),
            progress)) {
      CapacityStory story = new CapacityStory(cluster, settings, progress);
      Path ledger = report.resolveSibling("capacity-ledger");
      if (faults) {
        progress.say("seed %d: repeat these faults with --seed %d".formatted(drawn, drawn));
        FaultSeries series = new FaultSeries(cluster, drawn);
        evidence = story.run(ledger, series);
        struck = series.struck(evidence.began());
      } else {
        evidence = story.run(ledger, Trouble.NONE);
        struck = List.of();
      }
    }
    CapacityResult result =
        new CapacityVerdicts(evidence).result(rule.text(), faults ? drawn : null, struck);
    CapacityReport shown = new CapacityReport(result);
    return new Publication(report, json).publish(result.held(), shown.text(), shown.page(), result);
  }
}
