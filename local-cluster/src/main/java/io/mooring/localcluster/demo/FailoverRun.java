package io.mooring.localcluster.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.ClusterOptions;
import io.mooring.localcluster.command.OrderlyStop;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the failover story, and its course. */
final class FailoverRun {

  private static final int BROKEN = 1;

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
      System.out.println(shown.text());
      shown.page().write(report);
      System.out.println("report: " + report);
      if (json != null) {
        new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .writeValue(json.toFile(), result);
        System.out.println("json:   " + json);
      }
      System.out.println(result.held() ? "every check held" : "A CHECK IS BROKEN");
      return result.held() ? 0 : BROKEN;
    });
  }
}
