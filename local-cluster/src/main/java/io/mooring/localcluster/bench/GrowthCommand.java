package io.mooring.localcluster.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.kafka.VolumeFormat;
import io.mooring.localcluster.report.TextTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The benchmark of growth on a small cluster of its own. */
final class GrowthCommand {

  private static final int BROKERS = 2;
  private static final int PER_CENT = 99;

  /** mkfs.xfs wants 300 MiB; a broker's own files are few. */
  private static final long VOLUME_BYTES = 400L << 20;

  private GrowthCommand() {}

  static int run(String name, Path home, int rounds, Path output, Progress progress)
      throws InterruptedException, IOException {
    ClusterSettings settings =
        ClusterSettings.of(name, home)
            .withNodes(BROKERS)
            .withKafka(new ClusterSettings.KafkaSize(1, BROKERS, VOLUME_BYTES, VolumeFormat.XFS))
            .withRules(rules(ClusterFiles.of(home, name).root().resolve("rules.yaml")));
    GrowthBenchResult result;
    try (LocalCluster cluster = LocalCluster.start(settings, progress)) {
      result = new GrowthBench(cluster, progress, rounds).run(BROKERS);
    }
    System.out.println(table(result));
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(Files.createDirectories(output).resolve("growth.json").toFile(), result);
    System.out.println("json: " + output.resolve("growth.json"));
    return 0;
  }

  private static Path rules(Path file) throws IOException {
    try (InputStream in = GrowthCommand.class.getResourceAsStream("growth.yaml")) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.write(file, Objects.requireNonNull(in).readAllBytes());
    }
  }

  private static TextTable table(GrowthBenchResult result) {
    TextTable table =
        new TextTable(
            "from the write that crosses, %d times".formatted(result.crossings().size()),
            "median s",
            "p99 s",
            "longest s");
    row(table, "resize command, committed", result.commandMs());
    row(table, "file system has grown", result.grownMs());
    return table;
  }

  private static void row(TextTable table, String what, List<Double> values) {
    table.row(
        what,
        seconds(GrowthBenchResult.median(values)),
        seconds(GrowthBenchResult.percentile(values, PER_CENT)),
        seconds(GrowthBenchResult.percentile(values, 100)));
  }

  private static String seconds(double millis) {
    return "%.2f".formatted(millis / 1000);
  }
}
