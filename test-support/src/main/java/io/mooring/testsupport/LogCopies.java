package io.mooring.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies of Kafka's directories that are in use. What tells how far a log is good comes before the
 * log, so that the log is never shorter; indexes are left to the brokers, who make them again.
 */
final class LogCopies {

  private record Pair(Path from, Path to) {}

  private final List<Pair> pairs = new ArrayList<>();

  void add(Path from, Path to) {
    pairs.add(new Pair(from, to));
  }

  void make() {
    for (int order = 0; order < 3; order++) {
      for (Pair pair : pairs) {
        copy(pair, order);
      }
    }
  }

  private static void copy(Pair pair, int order) {
    try (Stream<Path> files = Files.list(pair.from())) {
      for (Path entry : files.sorted(Comparator.naturalOrder()).toList()) {
        Path target = pair.to().resolve(entry.getFileName());
        if (orderOf(entry) != order) {
          continue;
        }
        if (Files.isDirectory(entry)) {
          copyLog(entry, target);
        } else {
          copyFile(entry, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int orderOf(Path entry) {
    if (entry.getFileName().toString().startsWith("__cluster_metadata")) {
      return 0;
    }
    return Files.isDirectory(entry) ? 2 : 1;
  }

  private static void copyLog(Path log, Path target) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(log)) {
      // Checkpoints of epochs and of producers have names that come after those of segments.
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        copyFile(file, target.resolve(file.getFileName()));
      }
    } catch (NoSuchFileException _) {
      // The topic was deleted meanwhile.
    }
  }

  private static void copyFile(Path file, Path target) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith("index") || name.equals(".lock")) {
      return;
    }
    try {
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    } catch (NoSuchFileException _) {
      // A segment that was deleted or renamed meanwhile.
    }
  }
}
