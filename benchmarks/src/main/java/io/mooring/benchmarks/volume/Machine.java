package io.mooring.benchmarks.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a benchmark ran on. */
public final class Machine {

  private Machine() {}

  public static String describe() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      long kilobytes =
          lines
              .filter(line -> line.startsWith("MemTotal:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow();
      return "%d processors, %d GiB, Java %s, clients and servers on this machine"
          .formatted(
              Runtime.getRuntime().availableProcessors(),
              Math.round(kilobytes / 1048576.0),
              Runtime.version());
    }
  }
}
