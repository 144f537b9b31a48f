package io.mooring.localcluster.orchestrator;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the pods of a cluster have to know of each other: which nodes are up, where every pod is and
 * which are ready. Placing a pod is one step, so two pods never choose by the same picture.
 */
final class ClusterBoard {

  // Where replicas are can change without a word to the board, so a waiting pod looks again.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final LocalityScheduler scheduler = new LocalityScheduler();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, NodeSite> sites = new TreeMap<>();
  private final Map<PodIdentity, String> placed =
      new TreeMap<>(java.util.Comparator.comparing(PodIdentity::name));
  private final Set<PodIdentity> ready = new HashSet<>();

  /** Adds a node, or replaces what is known of it. */
  void putSite(NodeSite site) {
    change(() -> sites.put(site.node(), site));
  }

  /** Marks a node as up or down. Unknown nodes are nobody's. */
  void setUp(String node, boolean up) {
    change(() ->
        sites.computeIfPresent(
            node, (_, s) -> new NodeSite(node, s.region(), s.zone(), s.rack(), up)));
  }

  boolean isUp(String node) {
    return read(() -> Optional.ofNullable(sites.get(node)).map(NodeSite::up).orElse(false));
  }

  boolean allUp() {
    return read(() -> sites.values().stream().allMatch(NodeSite::up));
  }

  boolean areReady(Collection<PodIdentity> pods) {
    return read(() -> ready.containsAll(pods));
  }

  void setReady(PodIdentity pod, boolean isReady) {
    change(() -> isReady ? ready.add(pod) : ready.remove(pod));
  }

  /** Takes a pod off the board: it has no node. */
  void remove(PodIdentity pod) {
    change(() -> {
      ready.remove(pod);
      return placed.remove(pod);
    });
  }

  /** Waits until every pod of lower number in the set is ready. */
  void awaitTurn(PodIdentity pod) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!isTurn(pod)) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all of the pods are ready; false when the time is over before. */
  boolean awaitReady(Collection<PodIdentity> pods, Duration limit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (!ready.containsAll(pods)) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is a node for the pod, and takes it. */
  String awaitPlace(PodIdentity pod, Supplier<Set<String>> replicaNodes)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Optional<String> node = scheduler.place(pod, replicaNodes.get(), sites.values(), placed);
        if (node.isPresent()) {
          placed.put(pod, node.get());
          changed.signalAll();
          return node.get();
        }
        changed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A pod that should move so that the pods of its set are spread again, if all pods are ready:
   * moving one while another is away would make two of them unavailable.
   *
   * @param replicaNodes nodes with a replica of the pod's volume that may serve
   */
  Optional<PodIdentity> crowded(
      Collection<PodIdentity> all, Function<PodIdentity, Set<String>> replicaNodes) {
    return read(() ->
        ready.containsAll(all)
            ? scheduler.crowded(sites.values(), placed, replicaNodes)
            : Optional.empty());
  }

  private boolean isTurn(PodIdentity pod) {
    for (int i = 0; i < pod.ordinal(); i++) {
      if (!ready.contains(new PodIdentity(pod.set(), i))) {
        return false;
      }
    }
    return true;
  }

  private void change(Supplier<?> action) {
    lock.lock();
    try {
      action.get();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private <T> T read(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
