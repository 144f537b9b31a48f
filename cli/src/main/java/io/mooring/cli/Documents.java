package io.mooring.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are sent to a service as they are. */
public final class Documents {

  private Documents() {}

  /**
   * @throws CliException if it cannot be read
   */
  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CliException(
          "CLI-002",
          "The file '%s' cannot be read: %s.".formatted(file, e),
          "What is to be sent is in it.",
          "Correct the path, or the file's permissions.");
    }
  }
}
