package io.mooring.localcluster.capacity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Rules of the demonstrations, kept as people write them.
 *
 * @param text the YAML
 */
record RuleFile(String text) {

  /** The paper's rule. */
  static RuleFile ofPaper() throws IOException {
    return read("kafka-resize.yaml");
  }

  /** Two rules that differ in the forecast, each for other volumes. */
  static RuleFile ofOverload() throws IOException {
    return read("overload.yaml");
  }

  private static RuleFile read(String name) throws IOException {
    try (InputStream in = RuleFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("rules are not on the class path: " + name);
      }
      return new RuleFile(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Puts the rules where the autopilot reads them. */
  Path writeTo(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    return Files.writeString(file, text);
  }
}
