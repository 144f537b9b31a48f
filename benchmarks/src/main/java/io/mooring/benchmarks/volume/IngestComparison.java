package io.mooring.benchmarks.volume;

import io.mooring.localcluster.Installation;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.HostCommand;
import io.mooring.localcluster.report.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kafka's ingest with its logs in a plain directory and on mounted volumes of one and two replicas.
 * A broker for each runs all the time; one is busy at a time.
 */
final class IngestComparison {

  static final String PLAIN = "plain directory";
  static final String ONE_REPLICA = NbdComparison.ONE_REPLICA;
  static final String TWO_REPLICAS = NbdComparison.TWO_REPLICAS;

  private static final long VOLUME_BYTES = 16L << 30;
  private static final double GB = 1e9;

  /** A place for logs, the broker there, and the processes that its ingest keeps busy. */
  private record Place(String name, IngestBroker broker, Map<String, ProcessHandle> processes) {}

  private final BenchSettings settings;
  private final Progress progress;
  private final Path directory;
  private final KafkaPrograms programs;
  private final IngestLoad load = new IngestLoad();
  private final List<MooringVolume> volumes = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();

  IngestComparison(BenchSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
    this.directory = settings.directory().resolve("ingest");
    Installation installation = new Installation(settings.home());
    this.programs =
        new KafkaPrograms(
            installation.kafkaJars(), new ClassArchives(installation.classArchives()));
  }

  /**
   * Ingest in MB/s, and what it cost.
   *
   * @param cpuSecondsPerGb by place and part, median over the rounds
   */
  record Result(Measurement throughput, Map<String, Map<String, Double>> cpuSecondsPerGb) {}

  Result run() throws IOException, InterruptedException {
    try {
      startAll();
      return measure();
    } finally {
      // What has interrupted the work must not interrupt the cleaning up as well.
      Thread.interrupted();
      for (Place place : places) {
        place.broker().stop();
      }
      for (MooringVolume volume : volumes) {
        volume.stop();
      }
    }
  }

  private void startAll() throws IOException, InterruptedException {
    progress.say("starting a broker in each place");
    startBroker(PLAIN, directory.resolve("plain"), Map.of());
    startOnVolume(ONE_REPLICA, 1);
    startOnVolume(TWO_REPLICAS, 2);
    for (Place place : places) {
      progress.say("warming up: " + place.name());
      load.run(place.broker(), "warm-up", settings.ingestBytes());
    }
  }

  private void startOnVolume(String name, int replicas) throws IOException, InterruptedException {
    Path mountPoint = directory.resolve("mounted-" + replicas);
    MooringVolume volume =
        MooringVolume.start(
            directory.resolve("mooring-" + replicas),
            settings.jvmOptions(),
            ServedVolume.MOUNT,
            VOLUME_BYTES,
            List.of(mountPoint.toString()),
            replicas);
    volumes.add(volume);
    warmUp(mountPoint);
    startBroker(name, mountPoint, volume.processes());
  }

  /**
   * Large writes are few: it would take them hours to get the code of a new process compiled, which
   * in an agent happened long ago.
   */
  private static void warmUp(Path mountPoint) throws IOException, InterruptedException {
    Path file = mountPoint.resolve("warm-up");
    HostCommand.run(
        "fio",
        "--name=job",
        "--filename=" + file,
        "--size=256m",
        "--ioengine=libaio",
        "--direct=1",
        "--rw=randrw",
        "--bs=4k",
        "--iodepth=32",
        "--time_based",
        "--runtime=8");
    Files.delete(file);
  }

  private void startBroker(String name, Path root, Map<String, ProcessHandle> servers)
      throws IOException, InterruptedException {
    Path configuration = Files.createDirectories(directory.resolve("broker-" + places.size()));
    IngestBroker broker = IngestBroker.start(programs, configuration, root.resolve("kafka"));
    Map<String, ProcessHandle> processes = new LinkedHashMap<>();
    processes.put("producer", ProcessHandle.current());
    processes.put("broker", broker.handle());
    processes.putAll(servers);
    places.add(new Place(name, broker, processes));
  }

  private Result measure() throws IOException, InterruptedException {
    Measurement throughput =
        Measurement.of("Kafka ingest of 100 to 120 byte lines, until on disk", "MB/s");
    Map<String, Map<String, List<Double>>> cpu = new LinkedHashMap<>();
    for (int round = 0; round < settings.rounds(); round++) {
      progress.say("ingest, round %d of %d".formatted(round + 1, settings.rounds()));
      for (Place place : Turns.of(places, round)) {
        HostCommand.run("sync");
        CpuTimes before = CpuTimes.now(place.processes());
        double seconds = load.run(place.broker(), "round-" + round, settings.ingestBytes());
        throughput.add(place.name(), settings.ingestBytes() / seconds / 1e6);
        CpuTimes used = CpuTimes.now(place.processes()).since(before);
        Map<String, List<Double>> parts =
            cpu.computeIfAbsent(place.name(), _ -> new LinkedHashMap<>());
        used.seconds()
            .forEach((part, spent) ->
                parts
                    .computeIfAbsent(part, _ -> new ArrayList<>())
                    .add(spent / settings.ingestBytes() * GB));
      }
    }
    return new Result(throughput, medians(cpu));
  }

  private static Map<String, Map<String, Double>> medians(
      Map<String, Map<String, List<Double>>> cpu) {
    Map<String, Map<String, Double>> medians = new LinkedHashMap<>();
    cpu.forEach((place, parts) -> {
      Map<String, Double> ofPlace = new LinkedHashMap<>();
      parts.forEach((part, values) -> ofPlace.put(part, Median.of(values)));
      medians.put(place, ofPlace);
    });
    return medians;
  }
}
