package io.mooring.localcluster.application;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.orchestrator.PodRuntime;
import io.mooring.localcluster.orchestrator.PodStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Commands in pods, such as a flush before a snapshot. A command runs in the namespaces of its
 * pod's node, with {@code POD_NAME}, {@code POD_NAMESPACE} and {@code DATA_DIR}. Where it says
 * {@code ${WAIT_CMD}} it waits until the execution is ended: what it has begun holds for so long.
 */
public final class Executions implements AutoCloseable {

  private static final String WAIT = "${WAIT_CMD}";
  // One word for the command: it may stand where a program other than the shell reads it.
  private static final String WAIT_SCRIPT =
      """
      #!/bin/sh
      touch '%1$s'
      while [ -e '%1$s' ]; do sleep 0.1; done
      """;
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration WATCH_EVERY = Duration.ofMillis(500);

  /**
   * What is to be run.
   *
   * @param podSelector labels of the pods
   * @param command text for {@code sh -c}
   * @param runInSinglePod in the first pod only
   * @param timeout after which a command is ended and has failed
   */
  public record Order(
      String namespace,
      Map<String, String> podSelector,
      String command,
      boolean runInSinglePod,
      Duration timeout) {}

  /** Starts a command where a pod runs. */
  @FunctionalInterface
  public interface Door {

    /**
     * Starts a command on the node of a pod that runs there.
     *
     * @param output file that gets what it prints
     */
    PodRuntime.RunningPod start(
        PodStatus pod, List<String> command, Map<String, String> environment, Path output);
  }

  private final Applications applications;
  private final Door door;
  private final Path folder;
  // Guarded by this.
  private final Map<String, Execution> executions = new TreeMap<>();
  private final Thread watch;

  /**
   * @param folder for output and marks; the nodes see it too
   */
  public Executions(Applications applications, Door door, Path folder) {
    this.applications = applications;
    this.door = door;
    this.folder = folder;
    this.watch = Thread.ofVirtual().name("executions").start(this::watch);
  }

  /** Starts a command, unless one of this id was started before. */
  synchronized Execution start(String id, Order order) {
    Execution known = executions.get(id);
    if (known != null) {
      return known;
    }
    List<PodStatus> pods = applications.running(order.namespace(), order.podSelector());
    List<Execution.Run> runs = new ArrayList<>();
    for (PodStatus pod : order.runInSinglePod() ? pods.stream().limit(1).toList() : pods) {
      runs.add(run(id, pod, order));
    }
    Execution made = new Execution(runs);
    executions.put(id, made);
    return made;
  }

  synchronized Execution get(String id) {
    return Optional.ofNullable(executions.get(id))
        .orElseThrow(() ->
            new LocalClusterException(
                "LCL-043",
                "There is no execution '%s'".formatted(id),
                "it was never begun, or was ended and forgotten",
                "Begin it with PUT /executions/" + id));
  }

  /** Ends what still runs of an execution, and forgets it. */
  void end(String id) throws InterruptedException {
    Execution ended;
    synchronized (this) {
      ended = executions.remove(id);
    }
    if (ended != null) {
      ended.end(GRACE);
    }
  }

  /** Ends everything at once. */
  @Override
  public void close() {
    watch.interrupt();
    List<Execution> all;
    synchronized (this) {
      all = List.copyOf(executions.values());
      executions.clear();
    }
    all.forEach(Execution::kill);
  }

  private Execution.Run run(String id, PodStatus pod, Order order) {
    String name = pod.pod().name();
    Path own = folder.resolve(id);
    Path waiting = own.resolve(name + ".waits");
    Path output = own.resolve(name + ".log");
    Path wait = own.resolve(name + ".wait");
    try {
      Files.createDirectories(own);
      Files.deleteIfExists(waiting);
      Files.deleteIfExists(output);
      Files.writeString(wait, WAIT_SCRIPT.formatted(waiting));
      Files.setPosixFilePermissions(wait, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare " + own, e);
    }
    PodRuntime.RunningPod process =
        door.start(
            pod,
            List.of("/bin/sh", "-c", order.command().replace(WAIT, wait.toString())),
            Map.of("POD_NAME", name, "POD_NAMESPACE", order.namespace()),
            output);
    return new Execution.Run(
        name, process, output, waiting, System.nanoTime() + order.timeout().toNanos());
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(WATCH_EVERY);
        List<Execution> all;
        synchronized (this) {
          all = List.copyOf(executions.values());
        }
        all.forEach(Execution::endOverdue);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
