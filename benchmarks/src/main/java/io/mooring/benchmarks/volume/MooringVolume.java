package io.mooring.benchmarks.volume;

import io.mooring.localcluster.process.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A volume: its head and first replica in one process, a second replica in another. */
final class MooringVolume {

  private static final long END_SECONDS_MAX = 90;
  private static final String HEAD = "Mooring, head and first replica";
  private static final String REPLICA = "Mooring, second replica";

  private final Path directory;
  private final JavaProgram program;
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private String ready = "";

  private MooringVolume(Path directory, List<String> jvmOptions) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.program =
        new JavaProgram(
            "served-volume",
            List.of("-cp", System.getProperty("java.class.path"), ServedVolume.class.getName()),
            List.of(),
            Stream.of(
                    List.of("-Xmx256m", "--enable-native-access=ALL-UNNAMED"),
                    JavaProgram.DATA_PATH,
                    jvmOptions)
                .flatMap(List::stream)
                .toList());
  }

  /**
   * Starts the processes; returns when the volume can be used.
   *
   * @param role {@link ServedVolume#EXPORT} or {@link ServedVolume#MOUNT}
   * @param place arguments of the role
   */
  static MooringVolume start(
      Path directory,
      List<String> jvmOptions,
      String role,
      long sizeBytes,
      List<String> place,
      int replicas)
      throws IOException, InterruptedException {
    MooringVolume volume = new MooringVolume(directory, jvmOptions);
    try {
      List<String> rest = new ArrayList<>(place);
      if (replicas == 2) {
        rest.add(volume.launch(REPLICA, ServedVolume.REPLICA, sizeBytes, List.of()));
      }
      volume.ready = volume.launch(HEAD, role, sizeBytes, rest);
      return volume;
    } catch (IOException e) {
      volume.stop();
      throw e;
    }
  }

  private String launch(String name, String role, long sizeBytes, List<String> rest)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(role);
    arguments.add(directory.resolve(role).toString());
    arguments.add(Long.toString(sizeBytes));
    arguments.addAll(rest);
    Path log = directory.resolve(role + ".log");
    // A session of its own: on Ctrl-C it ends after its broker, with its standard input.
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(program.command(List.of(), Map.of(), arguments));
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    processes.put(name, process);
    String line = new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
    if (line == null) {
      throw new IOException("'%s' did not start:\n%s".formatted(name, Files.readString(log)));
    }
    return line;
  }

  /** What the head said when it was ready: the port of an export. */
  String ready() {
    return ready;
  }

  Map<String, ProcessHandle> processes() {
    Map<String, ProcessHandle> handles = new LinkedHashMap<>();
    processes.forEach((name, process) -> handles.put(name, process.toHandle()));
    return handles;
  }

  /** The head first: it needs its second replica to end in order. */
  void stop() throws InterruptedException {
    Process head = processes.get(HEAD);
    if (head != null) {
      endInput(head);
      if (!head.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        head.destroyForcibly().waitFor();
      }
    }
    Process replica = processes.get(REPLICA);
    if (replica != null) {
      replica.destroy();
      replica.waitFor();
    }
  }

  private static void endInput(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // It has ended by itself.
    }
  }
}
