package io.mooring.localcluster.orchestrator;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Runs stateful sets on nodes. It is told which nodes there are and when one is judged dead or
 * back; everything else follows from that.
 */
public final class Orchestrator implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Orchestrator.class.getName());
  private static final Duration CLEANUP_RETRY = Duration.ofSeconds(1);
  private static final Duration SPREAD_POLL = Duration.ofMillis(200);

  private final ClusterBoard board = new ClusterBoard();
  private final Leftovers leftovers = new Leftovers();
  private final Volumes volumes;
  private final SetScaler scaler;
  private final Map<String, Thread> cleanups = new ConcurrentHashMap<>();
  private final Duration calm;
  private final Thread spreading;

  /**
   * Starts without nodes and pods.
   *
   * @param calm all pods are ready for so long before one is moved to spread its set again
   */
  public Orchestrator(Volumes volumes, PodRuntime runtime, PodListener listener, Duration calm) {
    this.volumes = volumes;
    this.scaler =
        new SetScaler(new PodRunner.Context(board, volumes, runtime, leftovers, listener));
    this.calm = calm;
    this.spreading = Thread.ofVirtual().name("spreading").start(this::keepSpread);
  }

  /** Adds a node to run pods on. */
  public void addNode(NodeSite site) {
    board.putSite(site);
  }

  /** Starts the pods of a set, in order, in the background. */
  public void run(StatefulSet set) {
    put(set);
    scale(set.name(), set.replicas());
  }

  /** Takes a set in, or what is new of it, which counts for pods that are made from now on. */
  public void put(StatefulSet set) {
    scaler.put(set);
  }

  /**
   * Says how many pods a set is to have. They are started in order, or ended in the reverse order,
   * in the background; the volume of a pod that was ended is detached.
   */
  public void scale(String set, int pods) {
    scaler.scale(set, pods);
  }

  /** Forgets a set that is to have no pods and has none. */
  public void remove(String set) {
    scaler.remove(set);
  }

  /** How many pods a set is to have. */
  public int desired(String set) {
    return scaler.desired(set);
  }

  /** Waits until all pods of the set are ready; false when the time is over before. */
  public boolean awaitReady(StatefulSet set, Duration limit) throws InterruptedException {
    return board.awaitReady(set.pods(), limit);
  }

  /** The same for a set that was put, with the pods that it is to have now. */
  public boolean awaitReady(String set, Duration limit) throws InterruptedException {
    return board.awaitReady(scaler.wanted(set), limit);
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
    scaler.runners().forEach(runner -> runner.evictFrom(node));
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
    return scaler.runners().stream().map(PodRunner::status).toList();
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

  /**
   * True if all nodes are up, all pods are ready, and no pod is about to be moved away from another
   * one of its set.
   */
  public boolean isSettled() {
    List<PodIdentity> pods = identities();
    return board.allUp()
        && board.areReady(pods)
        && board.crowded(pods, this::replicaNodes).isEmpty();
  }

  /** Ends the orchestration; processes and volumes are left as they are. */
  @Override
  public void close() {
    spreading.interrupt();
    scaler.stop();
    cleanups.values().forEach(Thread::interrupt);
  }

  /**
   * After a failover two pods of a set may be on one node. Kafka acknowledges records that are in
   * the memory of its brokers only, so the death of that node could take records with it that both
   * brokers had. As soon as another node can have one of them, it is moved there, in order.
   */
  private void keepSpread() {
    try {
      long calmSince = System.nanoTime();
      while (true) {
        Thread.sleep(SPREAD_POLL);
        List<PodIdentity> pods = identities();
        if (!board.areReady(pods)) {
          calmSince = System.nanoTime();
        } else if (System.nanoTime() - calmSince >= calm.toNanos()) {
          board
              .crowded(pods, this::replicaNodes)
              .ifPresent(pod ->
                  scaler.runners().stream()
                      .filter(runner -> runner.isFor(pod))
                      .forEach(PodRunner::move));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<PodIdentity> identities() {
    return scaler.runners().stream().map(runner -> runner.status().pod()).toList();
  }

  private Set<String> replicaNodes(PodIdentity pod) {
    return scaler.runners().stream()
        .filter(runner -> runner.isFor(pod))
        .flatMap(runner -> runner.replicaNodes().stream())
        .collect(Collectors.toSet());
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
