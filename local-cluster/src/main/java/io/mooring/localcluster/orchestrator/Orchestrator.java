package io.mooring.localcluster.orchestrator;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs stateful sets on nodes. It is told which nodes there are and when one is judged dead or
 * back; everything else follows from that.
 */
public final class Orchestrator implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Orchestrator.class.getName());
  private static final Duration CLEANUP_RETRY = Duration.ofSeconds(1);

  private final ClusterBoard board = new ClusterBoard();
  private final Leftovers leftovers = new Leftovers();
  private final Volumes volumes;
  private final PodRunner.Context context;
  private final List<PodRunner> runners = new CopyOnWriteArrayList<>();
  private final Map<String, Thread> cleanups = new ConcurrentHashMap<>();

  public Orchestrator(Volumes volumes, PodRuntime runtime, PodListener listener) {
    this.volumes = volumes;
    this.context = new PodRunner.Context(board, volumes, runtime, leftovers, listener);
  }

  /** Adds a node to run pods on. */
  public void addNode(NodeSite site) {
    board.putSite(site);
  }

  /** Starts the pods of a set, in order, in the background. */
  public void run(StatefulSet set) {
    for (PodIdentity pod : set.pods()) {
      PodRunner runner = new PodRunner(set, pod, context);
      runners.add(runner);
      runner.start();
    }
  }

  /** Waits until all pods of the set are ready; false when the time is over before. */
  public boolean awaitReady(StatefulSet set, Duration limit) throws InterruptedException {
    return board.awaitReady(set, limit);
  }

  /**
   * The node is judged dead: nothing is scheduled to it any more, and its pods are deleted without
   * waiting for it.
   */
  public void onNodeDown(String node) {
    Thread cleanup = cleanups.remove(node);
    if (cleanup != null) {
      cleanup.interrupt();
    }
    board.setUp(node, false);
    runners.forEach(runner -> runner.evictFrom(node));
  }

  /** The node is back: what was left on it is cleaned up, then it gets pods again. */
  public void onNodeUp(String node) {
    if (board.isUp(node)) {
      return;
    }
    cleanups.computeIfAbsent(
        node, _ -> Thread.ofVirtual().name("cleanup-" + node).start(() -> welcome(node)));
  }

  /** All pods as they are now. */
  public List<PodStatus> pods() {
    return runners.stream().map(PodRunner::status).toList();
  }

  /** Node of a pod, if it has one. */
  public Optional<String> nodeOf(String podName) {
    return pods().stream()
        .filter(p -> p.pod().name().equals(podName))
        .findFirst()
        .flatMap(p -> Optional.ofNullable(p.node()));
  }

  /** True if pods are scheduled to the node. */
  public boolean isUp(String node) {
    return board.isUp(node);
  }

  /** Ends the orchestration; processes and volumes are left as they are. */
  @Override
  public void close() {
    runners.forEach(PodRunner::stop);
    cleanups.values().forEach(Thread::interrupt);
  }

  private void welcome(String node) {
    try {
      while (true) {
        try {
          leftovers.clear(node, volumes);
          break;
        } catch (VolumeException e) {
          LOG.log(
              Level.WARNING,
              "Cleaning up a returned node failed and is repeated: node={0} error={1}",
              node,
              e.getMessage());
          Thread.sleep(CLEANUP_RETRY);
        }
      }
      cleanups.remove(node);
      board.setUp(node, true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
