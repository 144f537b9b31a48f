package io.mooring.localcluster.demo;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.ClusterOptions;
import io.mooring.localcluster.command.OrderlyStop;
import io.mooring.localcluster.report.Publication;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the failover story, and its course. */
final class FailoverRun {

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Option(
      names = "--scale",
      defaultValue = "standard",
      description = "Amount of data and load: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private DemoSettings.Scale scale = DemoSettings.Scale.STANDARD;

  @Option(names = "--json", description = "Also write the result to this file.")
  private @Nullable Path json;

  @Option(
      names = "--report",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports/demo.html",
      description = "Page with plots (${DEFAULT-VALUE}).")
  private Path report = Path.of("demo.html");

  /** Exit status: 0 only if every check held. */
  int run() throws IOException {
    Progress progress = Progress.onStandardOutput();
    return OrderlyStop.run(() -> {
      DemoResult result;
      try (LocalCluster cluster = LocalCluster.start(options.settings(), progress)) {
        result =
            new FailoverDemo(cluster, DemoSettings.of(scale), progress)
                .run(report.resolveSibling("demo-ledger"));
      }
      DemoReport shown = new DemoReport(result);
      return new Publication(report, json)
          .publish(result.held(), shown.text(), shown.page(), result);
    });
  }
}
