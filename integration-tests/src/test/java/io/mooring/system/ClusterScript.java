package io.mooring.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code ./mooring}, as a person runs it, for a cluster of a name of its own.
 *
 * @param name name of the cluster
 * @param limitMinutes how long a command may take
 */
record ClusterScript(String name, long limitMinutes) {

  /** Runs a command of the script and returns its exit status. */
  int run(Path log, String... words) throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(
                Stream.of(script()), Stream.concat(Stream.of(words), Stream.of("--name", name)))
            .toList();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MOORING_BUILT", "1");
    Process process = builder.redirectOutput(log.toFile()).start();
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

  /** Namespaces and mounts of the cluster that are still there. */
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
