package io.mooring.localcluster.drill;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.ClusterOptions;
import io.mooring.localcluster.command.OrderlyStop;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./mooring drill}: exit status 0 only if nothing was lost and nothing failed over falsely.
 */
@Command(
    name = "drill",
    mixinStandardHelpOptions = true,
    description = "Kill, cut off, pause and crash at random moments under load, then audit.")
public final class DrillCommand implements Callable<Integer> {

  private static final int BROKEN = 1;

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Option(
      names = "--kills",
      defaultValue = "20",
      description = "Faults that end a node's service (${DEFAULT-VALUE}); others come on top.")
  private int kills = 20;

  @Option(names = "--seed", description = "Seed of the plan; drawn and printed if absent.")
  private @Nullable Long seed;

  @Option(names = "--json", description = "Also write the result to this file.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    Progress progress = Progress.onStandardOutput();
    long drawn = seed == null ? System.nanoTime() & 0xffffff : seed;
    return OrderlyStop.run(() -> {
      progress.say("seed %d: repeat this drill with --seed %d".formatted(drawn, drawn));
      DrillResult result;
      try (LocalCluster cluster = LocalCluster.start(options.settings(), progress)) {
        FaultPlan plan = FaultPlan.draw(drawn, kills, cluster.nodes().size());
        Path ledger =
            Path.of(System.getProperty("mooring.home", "."))
                .resolve(".mooring/reports/drill-ledger");
        result = new Drill(cluster, plan, progress).run(ledger);
      }
      TextTable checks = new TextTable("check", "result", "seen");
      for (Check check : result.checks()) {
        checks.row(check.name(), check.held() ? "held" : "BROKEN", check.detail());
      }
      System.out.println("\n" + checks);
      if (json != null) {
        new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .writeValue(json.toFile(), result);
      }
      return result.held() ? 0 : BROKEN;
    });
  }
}
