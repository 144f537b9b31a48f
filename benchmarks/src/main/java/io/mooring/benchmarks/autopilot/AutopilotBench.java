package io.mooring.benchmarks.autopilot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.benchmarks.volume.Machine;
import io.mooring.localcluster.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./mooring bench autopilot}. */
@Command(
    name = "bench autopilot",
    mixinStandardHelpOptions = true,
    description =
        "Full disks against spare capacity on recorded traces, rule evaluations a second, and the"
            + " time from a threshold crossed to a larger file system (growth: needs root).")
public final class AutopilotBench implements Callable<Integer> {

  private static final int HEAP_VOLUMES = 200_000;
  private static final String SMALL_HEAP = "1g";
  private static final String LARGE_HEAP = "4g";

  private enum Part {
    TRACES,
    RETENTION,
    CORE,
    STREAM,
    /** Runs on a cluster of its own, after the others: see the script. */
    GROWTH
  }

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "traces,retention,core,stream,growth",
      description = "What to run (${DEFAULT-VALUE}).")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--seeds",
      defaultValue = "8",
      description = "Traces of each kind (${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--volumes",
      split = ",",
      defaultValue = "100000,1000000",
      description = "Volumes to evaluate rules for (${DEFAULT-VALUE}).")
  private List<Integer> coreVolumes = List.of();

  @Option(names = "--rules", defaultValue = "10", description = "Rules (${DEFAULT-VALUE}).")
  private int rules;

  @Option(
      names = "--output",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports",
      description = "Folder for autopilot.json and autopilot.html (${DEFAULT-VALUE}).")
  private Path output = Path.of(".");

  @Option(
      names = "--stream-runs",
      split = ",",
      defaultValue = "100000x1,100000x2,1000000x1,1000000x2",
      description =
          "Volumes and instances of the service for evaluations through Kafka (${DEFAULT-VALUE}).")
  private List<String> streamRuns = List.of();

  private List<TraceComparison.Row> traces = List.of();
  private List<TraceComparison.Row> retention = List.of();
  private final List<CoreRate.Result> core = new ArrayList<>();
  private final List<StreamRate.Result> stream = new ArrayList<>();

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new AutopilotBench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    measure(Progress.onStandardOutput());
    AutopilotBenchResult result = result();
    new AutopilotBenchReport(result).page().write(output.resolve("autopilot.html"));
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(output.resolve("autopilot.json").toFile(), result);
    System.out.println(new AutopilotBenchReport(result).text());
    System.out.println("report: " + output.resolve("autopilot.html"));
    return 0;
  }

  private void measure(Progress progress) throws IOException, InterruptedException {
    if (parts.contains(Part.TRACES)) {
      traces = TraceComparison.run(seeds);
      progress.say("traces are compared");
    }
    if (parts.contains(Part.RETENTION)) {
      retention = RetentionComparison.run(seeds);
      progress.say("forecasts with retention are compared");
    }
    if (parts.contains(Part.CORE)) {
      for (int count : coreVolumes) {
        core.add(CoreRate.measure(count, rules));
        progress.say("decisions alone: " + core.getLast());
      }
    }
    if (parts.contains(Part.STREAM)) {
      Path home = Path.of(System.getProperty("mooring.home", ".")).toAbsolutePath().normalize();
      for (String run : streamRuns) {
        String[] numbers = run.split("x");
        int volumes = Integer.parseInt(numbers[0]);
        int instances = Integer.parseInt(numbers[1]);
        String heap = volumes > HEAP_VOLUMES ? LARGE_HEAP : SMALL_HEAP;
        stream.add(StreamRate.measure(home, volumes, rules, instances, heap, progress));
        progress.say("through Kafka: " + stream.getLast());
      }
    }
  }

  private AutopilotBenchResult result() throws IOException {
    return new AutopilotBenchResult(
        Machine.describe(),
        Instant.now().toString(),
        seeds,
        traces,
        retention,
        List.copyOf(core),
        List.copyOf(stream));
  }
}
