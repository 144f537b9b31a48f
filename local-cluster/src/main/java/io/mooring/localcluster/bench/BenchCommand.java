package io.mooring.localcluster.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.ClusterOptions;
import io.mooring.localcluster.command.OrderlyStop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./mooring bench failover}, and the part of {@code bench autopilot} that needs nodes. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "failover: Mooring's reattach beside Kafka's partition reassignment, by size. growth: from a"
            + " threshold crossed to a larger file system.")
public final class BenchCommand implements Callable<Integer> {

  private static final double VOLUME_PER_DATA = 2.5;

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Parameters(description = "Benchmark: failover or growth.")
  private String benchmark = "failover";

  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "1,2,4",
      description = "GB per broker, rising (${DEFAULT-VALUE}).")
  private List<Double> sizesGb = List.of();

  @Option(
      names = "--kills",
      defaultValue = "3",
      description = "Node kills per size (${DEFAULT-VALUE}).")
  private int kills = 3;

  @Option(
      names = "--rounds",
      defaultValue = "25",
      description = "Thresholds that each volume crosses, for growth (${DEFAULT-VALUE}).")
  private int rounds = 25;

  @Option(
      names = "--output",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports",
      description = "Folder for failover.json and failover.html (${DEFAULT-VALUE}).")
  private Path output = Path.of(".");

  @Override
  public Integer call() throws IOException {
    Progress progress = Progress.onStandardOutput();
    return switch (benchmark) {
      case "failover" -> failover(progress);
      case "growth" -> {
        ClusterSettings settings = options.settings();
        yield OrderlyStop.run(
            () -> GrowthCommand.run(settings.name(), settings.home(), rounds, output, progress));
      }
      default -> throw new IllegalArgumentException("there is no benchmark '" + benchmark + "'");
    };
  }

  private int failover(Progress progress) throws IOException {
    return OrderlyStop.run(() -> {
      FailoverBenchResult result;
      try (LocalCluster cluster = LocalCluster.start(settings(), progress)) {
        result = new FailoverBench(cluster, progress, sizesGb, kills).run();
      } catch (ExecutionException e) {
        throw new IllegalStateException("the managed Kafka refused: " + e.getMessage(), e);
      }
      FailoverBenchReport report = new FailoverBenchReport(result);
      System.out.println(report.text());
      report.page().write(output.resolve("failover.html"));
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(output.resolve("failover.json").toFile(), result);
      System.out.println("report: " + output.resolve("failover.html"));
      return 0;
    });
  }

  /** A broker's volume has room for its share and for what a reassignment brings. */
  private ClusterSettings settings() {
    double largest = sizesGb.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    return options
        .settings()
        .withKafka(
            new ClusterSettings.KafkaSize(
                3, FailoverBench.BROKERS, (long) (largest * VOLUME_PER_DATA * 1e9)));
  }
}
