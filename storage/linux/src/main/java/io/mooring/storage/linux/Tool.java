package io.mooring.storage.linux;

import io.mooring.storage.linux.FilesystemException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a file-system program to its end. */
final class Tool {
  private static final int OUTPUT_CHARS_MAX = 2000;

  private Tool() {}

  static void run(List<String> command, Duration limit) throws IOException {
    // Into a file: a pipe would have to be drained by another thread for as long as it runs.
    Path output = Files.createTempFile("mooring-tool", ".out");
    try {
      run(command, limit, output);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static void run(List<String> command, Duration limit, Path output) throws IOException {
    Process process = start(command, output);
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new FilesystemException(
            Reason.TOOL_TIMED_OUT,
            "%s did not finish within %s: %s"
                .formatted(String.join(" ", command), limit, tail(output)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(
          "interrupted while waiting for " + String.join(" ", command));
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new FilesystemException(
          Reason.TOOL_FAILED,
          "%s ended with status %d: %s"
              .formatted(String.join(" ", command), process.exitValue(), tail(output)));
    }
  }

  private static Process start(List<String> command, Path output) throws IOException {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("LC_ALL", "C");
      return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      FilesystemException missing =
          new FilesystemException(
              Reason.TOOL_MISSING,
              "%s cannot be started. Install e2fsprogs and xfsprogs."
                  .formatted(command.getFirst()));
      missing.initCause(e);
      throw missing;
    }
  }

  private static String tail(Path output) throws IOException {
    String text = Files.readString(output).strip();
    return text.length() <= OUTPUT_CHARS_MAX
        ? text
        : text.substring(text.length() - OUTPUT_CHARS_MAX);
  }
}
