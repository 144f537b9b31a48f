package io.mooring.localcluster.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Gives every set as many pods as it is to have. Pods are added at once, each then waits for its
 * turn; they are ended one at a time, the newest set and the highest number first, so that nothing
 * ends before what depends on it.
 */
final class SetScaler {

  private final PodRunner.Context context;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, StatefulSet> sets = new TreeMap<>();
  private final List<String> order = new ArrayList<>();
  private final Map<String, Integer> desired = new TreeMap<>();
  private final List<PodRunner> runners = new CopyOnWriteArrayList<>();
  private final Thread scaling;

  SetScaler(PodRunner.Context context) {
    this.context = context;
    this.scaling = Thread.ofVirtual().name("scaling").start(this::keepScaled);
  }

  /** Takes a set in, or what is new of it, which counts for pods that are made from now on. */
  void put(StatefulSet set) {
    lock.lock();
    try {
      if (sets.put(set.name(), set) == null) {
        order.add(set.name());
        desired.put(set.name(), 0);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a set that is to have no pods and has none. */
  void remove(String set) {
    lock.lock();
    try {
      sets.remove(set);
      order.remove(set);
      desired.remove(set);
    } finally {
      lock.unlock();
    }
  }

  /** Says how many pods a set is to have. */
  void scale(String set, int pods) {
    lock.lock();
    try {
      desired.put(set, pods);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many pods the set is to have. */
  int desired(String set) {
    lock.lock();
    try {
      return desired.getOrDefault(set, 0);
    } finally {
      lock.unlock();
    }
  }

  /** The pods that the set is to have. */
  List<PodIdentity> wanted(String set) {
    return IntStream.range(0, desired(set)).mapToObj(i -> new PodIdentity(set, i)).toList();
  }

  /** Every pod that is there, or is about to be, or is not gone yet. */
  List<PodRunner> runners() {
    return runners;
  }

  /** Ends the orchestration; processes and volumes are left as they are. */
  void stop() {
    scaling.interrupt();
    runners.forEach(PodRunner::stop);
  }

  private void keepScaled() {
    try {
      while (true) {
        PodRunner surplus = awaitSurplus();
        surplus.end();
        surplus.awaitEnd();
        runners.remove(surplus);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private PodRunner awaitSurplus() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        order.forEach(this::addMissing);
        Optional<PodRunner> surplus =
            order.reversed().stream().flatMap(set -> surplus(set).stream()).findFirst();
        if (surplus.isPresent()) {
          return surplus.get();
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void addMissing(String set) {
    StatefulSet definition = sets.get(set);
    for (int i = of(set).size(); definition != null && i < desired.getOrDefault(set, 0); i++) {
      PodRunner runner = new PodRunner(definition, new PodIdentity(set, i), context);
      runners.add(runner);
      runner.start();
    }
  }

  private Optional<PodRunner> surplus(String set) {
    List<PodRunner> pods = of(set);
    return pods.size() > desired.getOrDefault(set, 0)
        ? Optional.of(pods.getLast())
        : Optional.empty();
  }

  private List<PodRunner> of(String set) {
    return runners.stream().filter(runner -> runner.status().pod().set().equals(set)).toList();
  }
}
