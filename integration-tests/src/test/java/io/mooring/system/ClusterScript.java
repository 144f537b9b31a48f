package io.mooring.system;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./mooring}, as a person runs it, for a cluster of a name of its own.
 *
 * @param name name of the cluster
 * @param limitMinutes how long a command may take
 */
record ClusterScript(String name, long limitMinutes) {

  /** Runs a command of the script and returns its exit status. */
  int run(Path log, String... words) throws IOException, InterruptedException {
    return awaitEnd(start(log, List.of(), words));
  }

  /**
   * Runs a command of the script, presses Ctrl-C as soon as it says something, and returns its exit
   * status.
   */
  int interrupt(Path log, String said, String... words) throws IOException, InterruptedException {
    // A group of its own, as a terminal gives it, and no signal that somebody above ignores.
    Process process = start(log, List.of("setsid", "env", "--default-signal=INT"), words);
    await()
        .atMost(Duration.ofMinutes(limitMinutes))
        .until(() -> Files.readString(log).contains(said) || !process.isAlive());
    new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).start().waitFor();
    return awaitEnd(process);
  }

  private Process start(Path log, List<String> door, String... words) throws IOException {
    List<String> command = new ArrayList<>(door);
    command.add(script());
    command.addAll(List.of(words));
    command.addAll(List.of("--name", name));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MOORING_BUILT", "1");
    return builder.redirectOutput(log.toFile()).start();
  }

  private int awaitEnd(Process process) throws InterruptedException {
    if (!process.waitFor(limitMinutes, TimeUnit.MINUTES)) {
      // The script cleans up on SIGTERM.
      process.destroy();
      process.waitFor(1, TimeUnit.MINUTES);
    }
    return process.waitFor();
  }

  /** Removes what a test that failed may have left. */
  void down() throws IOException, InterruptedException {
    if (isRoot()) {
      run(Path.of("/dev/null"), "down");
    }
  }

  /** Namespaces, mounts, loop devices and processes of the cluster that are still there. */
  List<String> leftovers() throws IOException {
    Path namespaces = Path.of("/run/netns");
    List<String> left = new ArrayList<>();
    if (Files.isDirectory(namespaces)) {
      try (var names = Files.list(namespaces)) {
        names.map(Path::toString).filter(path -> path.contains(name)).forEach(left::add);
      }
    }
    try (var mounts = Files.lines(Path.of("/proc/mounts"))) {
      mounts.filter(mount -> mount.contains(".mooring/" + name)).forEach(left::add);
    }
    Process loops = new ProcessBuilder("losetup", "-n", "-l", "-O", "NAME,BACK-FILE").start();
    try (BufferedReader lines = loops.inputReader()) {
      lines.lines().filter(line -> line.contains(".mooring/" + name)).forEach(left::add);
    }
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(".mooring/" + name))
        .forEach(process -> left.add("process " + process.pid()));
    return left;
  }

  static boolean isRoot() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  private static String script() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder.resolve("mooring").toString();
  }
}
