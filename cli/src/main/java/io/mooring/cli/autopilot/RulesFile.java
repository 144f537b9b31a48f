package io.mooring.cli.autopilot;

import io.mooring.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A file with rules. */
final class RulesFile {

  @Option(
      names = "--rules",
      required = true,
      paramLabel = "FILE",
      description = "Rules, in YAML, separated by '---'.")
  private Path file = Path.of("");

  String text() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CliException(
          "CLI-002",
          "The file '%s' cannot be read: %s.".formatted(file, e),
          "The rules to try are in it.",
          "Correct the path, or the file's permissions.");
    }
  }
}
