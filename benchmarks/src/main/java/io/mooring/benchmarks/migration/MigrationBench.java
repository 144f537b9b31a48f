package io.mooring.benchmarks.migration;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.OrderlyStop;
import io.mooring.localcluster.report.TextTable;
import io.mooring.s3server.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./mooring bench migration}. */
@Command(
    name = "bench migration",
    mixinStandardHelpOptions = true,
    description =
        "Send volumes of brokers to an S3 server and back, beside a plain copy of the same bytes.")
public final class MigrationBench implements Callable<Integer> {

  @Option(
      names = "--replication",
      split = ",",
      defaultValue = "2,3",
      description = "Replication factors (${DEFAULT-VALUE}).")
  private List<Integer> replicationFactors = List.of();

  @Option(
      names = "--megabytes",
      defaultValue = "100",
      description = "Size of each of the six partitions, in MiB (${DEFAULT-VALUE}).")
  private long megabytes;

  @Option(
      names = "--workers",
      defaultValue = "4",
      description = "Threads of either side (${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--memory-gigabytes",
      split = ",",
      defaultValue = "1,2,4,8",
      description =
          "Sizes of volumes for which memory is measured, in GiB (${DEFAULT-VALUE}); 0 for none.")
  private List<Integer> memoryGigabytes = List.of();

  @Option(
      names = "--directory",
      defaultValue = "/var/tmp",
      description = "Where a folder for images and buckets is made (${DEFAULT-VALUE}).")
  private Path parent = Path.of(".");

  @Option(
      names = "--output",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports",
      description = "Folder for migration.json (${DEFAULT-VALUE}).")
  private Path output = Path.of(".");

  /** Of its own, because it is removed. */
  private Path directory() {
    return parent.resolve("mooring-bench-migration");
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new MigrationBench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    return OrderlyStop.run(() -> {
      removeDirectory();
      try {
        MigrationResult result = measure(Progress.onStandardOutput());
        Files.createDirectories(output);
        new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .writeValue(output.resolve("migration.json").toFile(), result);
        System.out.println(table(result));
      } finally {
        removeDirectory();
      }
      return 0;
    });
  }

  private MigrationResult measure(Progress progress) throws IOException, InterruptedException {
    List<MigrationResult.Row> rows = new ArrayList<>();
    List<MigrationResult.MemoryRow> memory;
    Path directory = directory();
    Files.createDirectories(directory);
    try (S3Server server = S3Server.start(directory)) {
      for (int replicationFactor : replicationFactors) {
        progress.say("making volumes of three brokers, replication factor " + replicationFactor);
        List<Path> images = new BrokerImages(directory, replicationFactor, megabytes << 20).make();
        rows.addAll(
            new MigrationRun(server, directory, images, replicationFactor, workers, progress)
                .run());
        for (Path image : images) {
          Files.delete(image);
        }
      }
      memory =
          new MemoryRun(server, progress)
              .run(memoryGigabytes.stream().filter(size -> size > 0).toList());
    }
    String machine =
        "%d processors, Java %s, heap of %d MiB, server on this machine"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20);
    return new MigrationResult(machine, Instant.now().toString(), rows, memory);
  }

  private static String table(MigrationResult result) {
    TextTable table =
        new TextTable(
            "RF", "way", "held MiB", "stored MiB", "distinct", "to S3 MiB/s", "back MiB/s");
    for (MigrationResult.Row row : result.rows()) {
      table.row(
          row.replicationFactor(),
          row.way(),
          row.heldBytes() >> 20,
          row.storedBytes() >> 20,
          "%.3f".formatted(row.distinctRatio()),
          Math.round(row.sendBytesPerSecond() / 1048576),
          Math.round(row.fetchBytesPerSecond() / 1048576));
    }
    TextTable memory =
        new TextTable("volumes", "content GiB", "heap limit MiB", "heap peak MiB", "resident MiB");
    for (MigrationResult.MemoryRow row : result.memory()) {
      memory.row(
          "two",
          2 * row.volumeBytes() >> 30,
          row.heapLimitBytes() >> 20,
          row.heapPeakBytes() >> 20,
          row.residentPeakBytes() >> 20);
    }
    return result.machine() + "\n\n" + table + (result.memory().isEmpty() ? "" : "\n" + memory);
  }

  private void removeDirectory() throws IOException {
    if (!Files.exists(directory())) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory())) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
