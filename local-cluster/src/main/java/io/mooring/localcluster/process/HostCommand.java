package io.mooring.localcluster.process;

import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Short commands of the host, such as {@code ip}: they must succeed, and say why if they do not.
 */
public final class HostCommand {

  private HostCommand() {}

  /** Runs a command to its end and returns what it printed. */
  public static String run(String... command) throws InterruptedException {
    return run("", List.of(command));
  }

  /** The same, with text for its standard input. */
  public static String run(String input, List<String> command) throws InterruptedException {
    Process process = start(command);
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The command did not read its input: its exit status and output tell why.
      process.destroy();
    }
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      if (status != 0) {
        throw failed(command, "it ended with status " + status + " (" + output + ")", null);
      }
      return output;
    } catch (IOException e) {
      throw failed(command, "its output could not be read", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(List<String> command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw failed(command, "it could not be started", e);
    }
  }

  private static LocalClusterException failed(
      List<String> command, String why, @org.jspecify.annotations.Nullable IOException cause) {
    String what = "'" + String.join(" ", command) + "' failed";
    String fix = "See that the tool is installed and that you are root.";
    return cause == null
        ? new LocalClusterException("LCL-001", what, why, fix)
        : new LocalClusterException("LCL-001", what, why, fix, cause);
  }
}
