package io.mooring.localcluster.process;

import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running process. When it was started inside a node, its child is the program and the process
 * itself only the door into the node's namespaces, so signals go to the child.
 */
public final class LocalProcess {

  private final String name;
  private final Process process;
  private final boolean throughDoor;

  private LocalProcess(String name, Process process, boolean throughDoor) {
    this.name = name;
    this.process = process;
    this.throughDoor = throughDoor;
  }

  /**
   * Starts a process.
   *
   * @param door command that enters the namespaces to run in; empty for those of this process
   */
  public static LocalProcess start(ProcessSpec spec, List<String> door) {
    // A session of its own: Ctrl-C in the terminal is for the cluster, which then stops in order.
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(door);
    command.addAll(spec.command());
    try {
      Files.createDirectories(spec.log().toAbsolutePath().getParent());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
      builder.environment().putAll(spec.environment());
      return new LocalProcess(spec.name(), builder.start(), !door.isEmpty());
    } catch (IOException e) {
      throw new LocalClusterException(
          "LCL-002",
          "Process '" + spec.name() + "' cannot be started",
          String.valueOf(e.getMessage()),
          "See that its program and log directory exist.",
          e);
    }
  }

  public String name() {
    return name;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end and returns the exit status. */
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Waits for the end for at most {@code limit}; false if it still runs then. */
  public boolean await(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** SIGTERM, and SIGKILL for what is left after {@code grace}. */
  public void stop(Duration grace) throws InterruptedException {
    terminate();
    if (!await(grace)) {
      kill();
      process.waitFor();
    }
  }

  /** SIGTERM to the program, without waiting. */
  public void terminate() {
    program().destroy();
  }

  /** SIGKILL to the program; what it started lives on, as after a crash. */
  public void kill() {
    program().destroyForcibly();
  }

  /** SIGKILL to the program and to everything that it has started. */
  public void killAll() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  // The door ends by itself, with the status of what is behind it.
  private ProcessHandle program() {
    return throughDoor
        ? process.children().findFirst().orElse(process.toHandle())
        : process.toHandle();
  }

  /** Process id of the started command as this process sees it. */
  public long pid() {
    return process.pid();
  }
}
