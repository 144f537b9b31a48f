package io.mooring.cli.autopilot;

import io.mooring.cli.Documents;
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
    return Documents.read(file);
  }
}
