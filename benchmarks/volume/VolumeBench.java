import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * fio over NBD against Mooring with one and with two replicas and against other NBD servers, on the
 * same disk in the same run. All servers run, one is busy at a time; they take turns within each
 * round, so that what else the machine does hits all of them alike. The figures are medians over the
 * rounds.
 */
final class VolumeBench {

  private static final long SIZE = 2L << 30;

  /** What fio does: name, arguments, and what to look at. */
  private enum Job {
    RANDWRITE_4K_QD32("4k randwrite qd32", "--rw=randwrite --bs=4k --iodepth=32", Unit.IOPS),
    WRITE_1M_QD8("1m write qd8", "--rw=write --bs=1m --iodepth=8", Unit.MB_PER_S),
    FLUSHED_WRITE_1M_QD8(
        "1m write qd8, flush/64", "--rw=write --bs=1m --iodepth=8 --fsync=64", Unit.MB_PER_S),
    READ_1M_QD8("1m read qd8", "--rw=read --bs=1m --iodepth=8", Unit.MB_PER_S),
    RANDREAD_4K_QD32("4k randread qd32", "--rw=randread --bs=4k --iodepth=32", Unit.IOPS),
    SYNCWRITE_4K_QD1(
        "4k write qd1 + flush", "--rw=randwrite --bs=4k --iodepth=1 --fsync=1", Unit.IOPS);

    private final String title;
    private final String arguments;
    private final Unit unit;

    Job(String title, String arguments, Unit unit) {
      this.title = title;
      this.arguments = arguments;
      this.unit = unit;
    }
  }

  private enum Unit {
    IOPS,
    MB_PER_S
  }

  /** A server that runs: its NBD address, and how to end it. */
  private record Running(String uri, AutoCloseable end) {}

  @FunctionalInterface
  private interface Start {
    Running start() throws Exception;
  }

  private final Path directory;
  private final String java;
  private final String classPath;
  private final int rounds;
  private final int seconds;
  private final Map<String, Start> servers = new LinkedHashMap<>();
  private final Map<String, Map<Job, List<Double>>> results = new LinkedHashMap<>();

  private VolumeBench(String[] arguments) {
    this.directory = Path.of(arguments[0]);
    this.java = arguments[1];
    this.classPath = arguments[2];
    this.rounds = Integer.parseInt(arguments[3]);
    this.seconds = Integer.parseInt(arguments[4]);
    servers.put("mooring, 1 replica", () -> mooring(false));
    servers.put("mooring, 2 replicas", () -> mooring(true));
    servers.put("nbdkit file", this::nbdkit);
    servers.put("qemu-nbd", this::qemuNbd);
    servers.put("nbd-server", this::nbdServer);
  }

  /** Arguments: directory on the disk, java, class path, rounds, seconds, JSON file. */
  public static void main(String[] arguments) throws Exception {
    VolumeBench bench = new VolumeBench(arguments);
    Files.createDirectories(bench.directory);
    try {
      bench.run();
    } finally {
      deleteTree(bench.directory);
    }
    System.out.print(bench.table());
    Files.writeString(Path.of(arguments[5]), bench.json());
  }

  private void run() throws Exception {
    Map<String, Running> running = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Start> server : servers.entrySet()) {
        System.err.println("starting and filling " + server.getKey());
        Running started = server.getValue().start();
        running.put(server.getKey(), started);
        results.put(server.getKey(), new LinkedHashMap<>());
        fio(started.uri(), "--rw=write --bs=1m --iodepth=8 --end_fsync=1", false);
        fio(started.uri(), "--rw=randrw --bs=4k --iodepth=32 --runtime=5", true); // warms up
      }
      for (Job job : Job.values()) {
        System.err.println(job.title);
        for (int round = 0; round < rounds; round++) {
          measure(job, inTurn(running, round));
        }
      }
    } finally {
      for (Running server : running.values()) {
        server.end().close();
      }
    }
  }

  /** Each round begins with another server: being first or last is no advantage. */
  private static List<Map.Entry<String, Running>> inTurn(Map<String, Running> running, int round) {
    List<Map.Entry<String, Running>> turn = new ArrayList<>(running.entrySet());
    Collections.rotate(turn, round);
    return turn;
  }

  private void measure(Job job, List<Map.Entry<String, Running>> running) throws Exception {
    for (Map.Entry<String, Running> server : running) {
      new ProcessBuilder("sync").start().waitFor();
      List<String> output = fio(server.getValue().uri(), job.arguments + " --ramp_time=1", true);
      results
          .get(server.getKey())
          .computeIfAbsent(job, unused -> new ArrayList<>())
          .add(value(job, output));
    }
  }

  /** Fields of fio's terse output, version 3. */
  private List<String> fio(String uri, String arguments, boolean timed) throws Exception {
    List<String> command = new ArrayList<>(List.of("fio", "--name=job", "--ioengine=nbd"));
    command.add("--uri=" + uri);
    command.addAll(List.of("--size=" + SIZE, "--randrepeat=0", "--output-format=terse"));
    if (timed) {
      command.add("--time_based");
      if (!arguments.contains("--runtime")) {
        command.add("--runtime=" + seconds);
      }
    }
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    int status = process.waitFor();
    return output
        .lines()
        .filter(line -> line.startsWith("3;"))
        .findFirst()
        .filter(line -> status == 0)
        .map(line -> List.of(line.split(";")))
        .orElseThrow(() -> new IOException(String.join(" ", command) + " failed:\n" + output));
  }

  private static double value(Job job, List<String> terse) {
    int field = job.unit == Unit.IOPS ? 7 : 6;
    double read = Double.parseDouble(terse.get(field));
    double write = Double.parseDouble(terse.get(field + 41));
    return job.unit == Unit.IOPS ? read + write : (read + write) * 1024 / 1e6;
  }

  // Servers

  private Running mooring(boolean second) throws Exception {
    List<Process> processes = new ArrayList<>();
    String home = "mooring-" + (second ? 2 : 1);
    Path socket = directory.resolve(home + ".sock");
    List<String> head = new ArrayList<>(List.of("head", home + "/head", "" + SIZE, "" + socket));
    if (second) {
      Process replica = startMooring(List.of("replica", home + "/replica", "" + SIZE));
      processes.add(replica);
      head.add(line(replica));
    }
    Process server = startMooring(head);
    processes.addFirst(server);
    line(server);
    return new Running(
        uri(socket),
        () -> {
          for (Process process : processes) {
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
              process.destroyForcibly();
            }
          }
        });
  }

  private Process startMooring(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(java));
    String extra = System.getenv("MOORING_BENCH_JAVA_OPTIONS");
    if (extra != null && !extra.isBlank()) {
      command.addAll(List.of(extra.split(" ")));
    }
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, "ServeVolume"));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(directory.resolve("mooring.log").toFile())
        .start();
  }

  private static String line(Process process) throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream()));
    String line = reader.readLine();
    if (line == null) {
      throw new IOException("Mooring's data plane did not start; see its messages above.");
    }
    return line;
  }

  private Path plainFile() throws IOException {
    Path file = directory.resolve("plain");
    if (!Files.exists(file)) {
      try (var opened = new java.io.RandomAccessFile(file.toFile(), "rw")) {
        opened.setLength(SIZE);
      }
    }
    return file;
  }

  private Running nbdkit() throws Exception {
    Path socket = directory.resolve("nbdkit.sock");
    return daemon(
        socket,
        uri(socket),
        List.of("nbdkit", "-f", "-U", "" + socket, "file", "" + plainFile()));
  }

  private Running qemuNbd() throws Exception {
    Path socket = directory.resolve("qemu.sock");
    return daemon(
        socket,
        uri(socket),
        List.of(
            "qemu-nbd", "-t", "-f", "raw", "--cache=writeback", "--aio=io_uring", "-e", "8", "-x",
            "volume", "-k", "" + socket, "" + plainFile()));
  }

  /** Over TCP: its unix sockets do not work in Debian 12. */
  private Running nbdServer() throws Exception {
    int port = 10_999;
    Path config = directory.resolve("nbd-server.conf");
    Files.writeString(
        config,
        """
        [generic]
        listenaddr = 127.0.0.1
        port = %d
        allowlist = true
        [volume]
        exportname = %s
        flush = true
        fua = true
        """
            .formatted(port, plainFile()));
    return daemon(
        null,
        "nbd://127.0.0.1:%d/volume".formatted(port),
        List.of("nbd-server", "-d", "-C", "" + config));
  }

  private Running daemon(Path socket, String uri, List<String> command) throws Exception {
    if (socket != null) {
      Files.deleteIfExists(socket);
    }
    // nbd-server without a fork serves one client and ends, so it is started again each time.
    boolean oneShot = command.getFirst().equals("nbd-server");
    List<String> forking = oneShot ? withoutDebug(command) : command;
    Process process =
        new ProcessBuilder(forking)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(command.getFirst() + ".log").toFile())
            .start();
    Thread.sleep(1000);
    return new Running(
        uri,
        () -> {
          if (oneShot) {
            Path pid = directory.resolve("nbd-server.pid");
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .ifPresent(ProcessHandle::destroy);
          }
          process.destroy();
          process.waitFor();
        });
  }

  private List<String> withoutDebug(List<String> command) {
    List<String> forking = new ArrayList<>(command);
    forking.remove("-d");
    forking.addAll(List.of("-p", "" + directory.resolve("nbd-server.pid")));
    return forking;
  }

  private static String uri(Path socket) {
    return "nbd+unix:///volume?socket=" + socket;
  }

  // Results

  private double median(String server, Job job) {
    List<Double> sorted = results.get(server).get(job).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private String table() {
    StringBuilder table = new StringBuilder();
    table.append("%-26s".formatted("median of " + rounds + " rounds"));
    results.keySet().forEach(server -> table.append("%22s".formatted(server)));
    table.append('\n');
    for (Job job : Job.values()) {
      table.append("%-26s".formatted(job.title));
      for (String server : results.keySet()) {
        String unit = job.unit == Unit.IOPS ? "IOPS" : "MB/s";
        table.append("%17.0f %s".formatted(median(server, job), unit));
      }
      table.append('\n');
    }
    return table.append(verdicts()).toString();
  }

  private String verdicts() {
    List<String> names = List.copyOf(results.keySet());
    StringBuilder text = new StringBuilder();
    for (Job job : Job.values()) {
      double one = median(names.get(0), job);
      double two = median(names.get(1), job);
      double best =
          names.subList(2, names.size()).stream()
              .mapToDouble(server -> median(server, job))
              .max()
              .orElseThrow();
      text.append(
          "%-26sone replica %.2f of the best other server, second replica costs %.0f %%%n"
              .formatted(job.title, one / best, 100 * (1 - two / one)));
    }
    return text.toString();
  }

  private String json() {
    String servers =
        results.entrySet().stream()
            .map(entry -> "    \"%s\": {\n%s\n    }".formatted(entry.getKey(), jobs(entry.getValue())))
            .collect(Collectors.joining(",\n"));
    return """
        {
          "benchmark": "volume",
          "at": "%s",
          "sizeBytes": %d,
          "rounds": %d,
          "secondsPerJob": %d,
          "servers": {
        %s
          }
        }
        """
        .formatted(Instant.now(), SIZE, rounds, seconds, servers);
  }

  private static String jobs(Map<Job, List<Double>> jobs) {
    return jobs.entrySet().stream()
        .map(entry ->
            "      \"%s\": {\"unit\": \"%s\", \"runs\": %s}"
                .formatted(
                    entry.getKey().title, entry.getKey().unit, rounded(entry.getValue())))
        .collect(Collectors.joining(",\n"));
  }

  private static List<Long> rounded(List<Double> values) {
    return values.stream().map(Math::round).toList();
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
