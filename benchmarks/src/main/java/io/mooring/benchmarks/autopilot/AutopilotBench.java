package io.mooring.benchmarks.autopilot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.benchmarks.volume.Machine;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.OrderlyStop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./mooring bench autopilot}. */
@Command(
    name = "bench autopilot",
    mixinStandardHelpOptions = true,
    description = {
      "Full disks against spare capacity on recorded traces, rule evaluations a second,",
      "and the time from a crossed threshold to a resize."
    })
public final class AutopilotBench implements Callable<Integer> {

  private enum Part {
    TRACES,
    CORE,
    SERVICE,
    REACTION
  }

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "traces,core,service,reaction",
      description = "What to run (${DEFAULT-VALUE}).")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--seeds",
      defaultValue = "8",
      description = "Traces of each kind (${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--core-volumes",
      split = ",",
      defaultValue = "100000,1000000",
      description = "Volumes for the decisions alone (${DEFAULT-VALUE}).")
  private List<Integer> coreVolumes = List.of();

  @Option(
      names = "--volumes",
      split = ",",
      defaultValue = "100000",
      description = "Volumes for the service, each in a run of its own (${DEFAULT-VALUE}).")
  private List<Integer> volumes = List.of();

  @Option(names = "--rules", defaultValue = "10", description = "Rules (${DEFAULT-VALUE}).")
  private int rules;

  @Option(
      names = "--heap",
      defaultValue = "2g",
      description = "Heap of the service (${DEFAULT-VALUE}).")
  private String heap = "";

  @Option(
      names = "--reactions",
      defaultValue = "200",
      description = "Crossed thresholds (${DEFAULT-VALUE}).")
  private int reactions;

  @Option(
      names = "--directory",
      defaultValue = "/var/tmp/mooring-bench-autopilot",
      description = "For Kafka and state; is removed before and after (${DEFAULT-VALUE}).")
  private Path directory = Path.of(".");

  @Option(
      names = "--output",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports",
      description = "Folder for autopilot.json and autopilot.html (${DEFAULT-VALUE}).")
  private Path output = Path.of(".");

  private List<TraceComparison.Row> traces = List.of();
  private final List<CoreRate.Result> core = new ArrayList<>();
  private final List<ServiceRate.Result> service = new ArrayList<>();
  private List<Double> reactionMillis = List.of();

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new AutopilotBench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(AutopilotBench::explain)
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
      removeDirectory();
      try {
        measure(Progress.onStandardOutput());
      } finally {
        removeDirectory();
      }
      System.out.println(new AutopilotBenchReport(result()).text());
      System.out.println("report: " + output.resolve("autopilot.html"));
      return 0;
    });
  }

  private void measure(Progress progress) throws IOException, InterruptedException {
    if (parts.contains(Part.TRACES)) {
      traces = TraceComparison.run(seeds);
      progress.say("traces are compared");
    }
    if (parts.contains(Part.CORE)) {
      for (int count : coreVolumes) {
        core.add(CoreRate.measure(count, rules));
        progress.say("decisions alone: " + core.getLast());
      }
    }
    // Should another part fail, these were not in vain.
    write();
    if (parts.contains(Part.REACTION)) {
      inStand((stand, autopilot) -> reactionMillis = Reaction.measure(stand, autopilot, reactions));
      write();
    }
    if (parts.contains(Part.SERVICE)) {
      for (int count : volumes) {
        inStand((stand, autopilot) ->
            service.addAll(new ServiceRate(stand, progress, rules).measure(count, autopilot)));
        write();
      }
    }
  }

  /** What is measured on a running service. */
  @FunctionalInterface
  private interface Work {
    void on(AutopilotStand stand, AutopilotInstance autopilot)
        throws IOException, InterruptedException;
  }

  private void inStand(Work work) throws IOException, InterruptedException {
    removeDirectory();
    Path home = Path.of(System.getProperty("mooring.home", ".")).toAbsolutePath().normalize();
    AutopilotStand stand = AutopilotStand.start(home, directory.toAbsolutePath());
    try {
      work.on(stand, stand.startAutopilot("first", heap));
    } finally {
      stand.stop();
    }
  }

  private AutopilotBenchResult result() throws IOException {
    return new AutopilotBenchResult(
        Machine.describe(),
        Instant.now().toString(),
        seeds,
        traces,
        List.copyOf(core),
        List.copyOf(service),
        reactionMillis);
  }

  private void write() throws IOException {
    AutopilotBenchResult result = result();
    new AutopilotBenchReport(result).page().write(output.resolve("autopilot.html"));
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(output.resolve("autopilot.json").toFile(), result);
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
