package io.mooring.localcluster.node;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of a node: a first process in PID and mount namespaces of its own, below an existing
 * network namespace. The kernel kills every process of a PID namespace with its first, and drops a
 * mount namespace with its last process, so SIGKILL of the first process is the death of the node.
 */
final class NodeNamespaces {

  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(10);
  private static final Duration DOOR_STOP_LIMIT = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(5);

  private final String node;
  private final LocalProcess keeper;
  private final long firstPid;
  private final Path pidNamespace;

  private NodeNamespaces(String node, LocalProcess keeper, long firstPid, Path pidNamespace) {
    this.node = node;
    this.keeper = keeper;
    this.firstPid = firstPid;
    this.pidNamespace = pidNamespace;
  }

  /** Starts the first process of a node. */
  static NodeNamespaces start(String node, String networkNamespace, Path log)
      throws InterruptedException {
    // A first process has to reap what its descendants leave behind. One that ignores SIGCHLD need
    // not: the kernel does it in its place.
    List<String> command =
        List.of(
            "nsenter",
            "--net=/run/netns/" + networkNamespace,
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
            "env",
            "--ignore-signal=CHLD",
            "sleep",
            "infinity");
    LocalProcess keeper =
        LocalProcess.start(new ProcessSpec(node, command, Map.of(), log), List.of());
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (keeper.isAlive() && System.nanoTime() < deadline) {
      List<Long> children = children(keeper.pid());
      if (!children.isEmpty() && isSleeping(children.getFirst())) {
        long first = children.getFirst();
        return new NodeNamespaces(node, keeper, first, pidNamespaceOf(first));
      }
      Thread.sleep(POLL);
    }
    keeper.kill();
    throw new LocalClusterException(
        "LCL-003",
        "Node '" + node + "' cannot be started",
        "its namespaces did not come up, see " + log,
        "Run as root on a kernel with PID, mount and network namespaces.");
  }

  /** Command that enters all namespaces of the node. */
  List<String> door() {
    return List.of(
        "nsenter", "--target", Long.toString(firstPid), "--net", "--mount", "--pid", "--");
  }

  Path root() {
    return Path.of("/proc", Long.toString(firstPid), "root");
  }

  boolean isAlive() {
    return keeper.isAlive();
  }

  /** SIGKILL of the first process; returns when every process of the node is gone. */
  void kill() throws InterruptedException {
    List<ProcessHandle> processes = processes();
    Set<ProcessHandle> doors = doors(processes);
    ProcessHandle.of(firstPid).ifPresent(ProcessHandle::destroyForcibly);
    // A dead process is gone only once its door has noticed, and the door of a paused one is
    // paused.
    signal("CONT", doors);
    long deadline = System.nanoTime() + DEATH_LIMIT.toNanos();
    while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
      if (System.nanoTime() > deadline) {
        throw new LocalClusterException(
            "LCL-004",
            "Node '" + node + "' did not die",
            "processes are left: " + processes.stream().filter(ProcessHandle::isAlive).toList(),
            "They hang in the kernel, see /proc/PID/stack; restart the machine if they stay.");
      }
      Thread.sleep(POLL);
    }
    keeper.await(DEATH_LIMIT);
  }

  /** Freezes every process of the node. */
  void pause() throws InterruptedException {
    // Twice: a process could have been made by one that the first round had not reached.
    signal("STOP", processes());
    List<ProcessHandle> processes = processes();
    signal("STOP", processes);
    awaitStopped(doors(processes));
  }

  /** A door that stops itself later would undo the signal that lets it go on. */
  private void awaitStopped(Set<ProcessHandle> doors) throws InterruptedException {
    long deadline = System.nanoTime() + DOOR_STOP_LIMIT.toNanos();
    while (System.nanoTime() < deadline
        && doors.stream().anyMatch(door -> door.isAlive() && !isStopped(door.pid()))) {
      Thread.sleep(POLL);
    }
  }

  /** Lets every process of the node go on. */
  void resume() throws InterruptedException {
    List<ProcessHandle> processes = processes();
    signal("CONT", processes);
    signal("CONT", doors(processes));
  }

  // Doors stop by themselves when what is behind them is stopped, but do not go on by themselves.
  private Set<ProcessHandle> doors(List<ProcessHandle> processes) {
    return processes.stream()
        .flatMap(p -> p.parent().stream())
        .filter(parent -> !pidNamespace.equals(pidNamespaceOf(parent.pid())))
        .filter(parent -> !parent.equals(ProcessHandle.current()))
        .filter(parent -> parent.pid() != keeper.pid()) // it waits for an end only, and goes on
        .collect(Collectors.toSet());
  }

  private static void signal(String signal, Collection<ProcessHandle> processes)
      throws InterruptedException {
    if (!processes.isEmpty()) {
      List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
      processes.forEach(p -> command.add(Long.toString(p.pid())));
      // A process that ended meanwhile makes the command fail, which is no failure here.
      startKill(command).waitFor();
    }
  }

  private static Process startKill(List<String> command) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new LocalClusterException(
          "LCL-001", "'kill' failed", "it could not be started", "Install procps.", e);
    }
  }

  /** Every process of the node but the doors, which are outside. */
  List<ProcessHandle> processes() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(p -> pidNamespace.equals(pidNamespaceOf(p.pid()))).toList();
    }
  }

  private static Path pidNamespaceOf(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid"));
    } catch (IOException e) {
      // It ended meanwhile, or is a zombie: it is in no namespace any more.
      return Path.of("none");
    }
  }

  private static List<Long> children(long pid) {
    return ProcessHandle.of(pid)
        .map(p -> p.children().map(ProcessHandle::pid).toList())
        .orElse(List.of());
  }

  // The child is the node's first process once it has become sleep: /proc is mounted then.
  private static boolean isSleeping(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("sleep");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isStopped(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'T'; // "pid (name) state …", see proc(5)
    } catch (IOException e) {
      return false; // it ended meanwhile
    }
  }
}
