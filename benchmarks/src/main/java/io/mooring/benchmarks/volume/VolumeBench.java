package io.mooring.benchmarks.volume;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.OrderlyStop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./mooring bench volume}. */
@Command(
    name = "bench volume",
    mixinStandardHelpOptions = true,
    description =
        "Compare Mooring with other NBD servers under fio, and Kafka's ingest on Mooring's volumes"
            + " with a plain directory.")
public final class VolumeBench implements Callable<Integer> {

  private enum Part {
    NBD,
    INGEST
  }

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "nbd,ingest",
      description = "What to run (${DEFAULT-VALUE}).")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Turns of each contender (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "2",
      description = "What fio measures each time (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--megabytes",
      defaultValue = "512",
      description = "What a broker takes in each time (${DEFAULT-VALUE}).")
  private long megabytes;

  @Option(
      names = "--directory",
      defaultValue = "/var/tmp/mooring-bench-volume",
      description = "On the disk to measure; is removed before and after (${DEFAULT-VALUE}).")
  private Path directory = Path.of(".");

  @Option(
      names = "--jvm",
      description = "One more option for the JVMs of Mooring's processes, e.g. to profile them.")
  private List<String> jvmOptions = List.of();

  @Option(
      names = "--output",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports",
      description = "Folder for volume.json and volume.html (${DEFAULT-VALUE}).")
  private Path output = Path.of(".");

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new VolumeBench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(VolumeBench::explain)
            .execute(arguments));
  }

  // A known error is told in its own words; a trace is for bugs.
  private static int explain(
      Exception error, CommandLine command, CommandLine.@Nullable ParseResult parsed)
      throws Exception {
    if (error instanceof LocalClusterException known) {
      command.getErr().println(known.getMessage());
      return 1;
    }
    throw error;
  }

  @Override
  public Integer call() throws IOException {
    return OrderlyStop.run(() -> {
      VolumeBenchResult result;
      removeDirectory();
      try {
        result = measure(Progress.onStandardOutput());
      } finally {
        removeDirectory();
      }
      write(result);
      System.out.println(new VolumeBenchReport(result).text());
      System.out.println("report: " + output.resolve("volume.html"));
      return 0;
    });
  }

  private VolumeBenchResult measure(Progress progress) throws IOException, InterruptedException {
    BenchSettings settings =
        new BenchSettings(
            Path.of(System.getProperty("mooring.home", ".")).toAbsolutePath().normalize(),
            directory.toAbsolutePath(),
            rounds,
            seconds,
            megabytes * 1_000_000,
            jvmOptions);
    List<Measurement> nbd = List.of();
    List<Measurement> ingest = List.of();
    Map<String, Map<String, Double>> cpu = Map.of();
    if (parts.contains(Part.NBD)) {
      nbd = new NbdComparison(settings, progress).run();
      // Should the other part fail, this one was not in vain.
      write(result(nbd, ingest, cpu));
      removeDirectory();
    }
    if (parts.contains(Part.INGEST)) {
      IngestComparison.Result result = new IngestComparison(settings, progress).run();
      ingest = List.of(result.throughput());
      cpu = result.cpuSecondsPerGb();
    }
    return result(nbd, ingest, cpu);
  }

  private VolumeBenchResult result(
      List<Measurement> nbd, List<Measurement> ingest, Map<String, Map<String, Double>> cpu)
      throws IOException {
    return new VolumeBenchResult(
        Machine.describe(), Instant.now().toString(), rounds, nbd, ingest, cpu);
  }

  private void write(VolumeBenchResult result) throws IOException {
    new VolumeBenchReport(result).page().write(output.resolve("volume.html"));
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(output.resolve("volume.json").toFile(), result);
  }

  private void removeDirectory() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
