package io.mooring.localcluster.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start and where its output goes.
 *
 * @param name for people: names the log and the status line
 * @param command program and arguments
 * @param environment variables that are added to this process's own
 * @param log file to which standard output and error are appended
 */
public record ProcessSpec(
    String name, List<String> command, Map<String, String> environment, Path log) {

  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("process " + name + " has no command");
    }
  }
}
