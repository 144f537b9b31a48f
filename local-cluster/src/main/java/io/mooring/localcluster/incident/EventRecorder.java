package io.mooring.localcluster.incident;

import io.mooring.localcluster.event.ClusterEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Keeps every event it is handed, and lets others wait for one. */
public final class EventRecorder implements Consumer<ClusterEvent> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final List<ClusterEvent> events = new ArrayList<>();

  @Override
  public void accept(ClusterEvent event) {
    lock.lock();
    try {
      events.add(event);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Everything so far, in order of arrival. */
  public List<ClusterEvent> events() {
    lock.lock();
    try {
      return List.copyOf(events);
    } finally {
      lock.unlock();
    }
  }

  /** The first event that matches, past or future; empty when the limit is over. */
  public Optional<ClusterEvent> await(Predicate<ClusterEvent> wanted, Duration limit)
      throws InterruptedException {
    long left = limit.toNanos();
    int seen = 0;
    lock.lockInterruptibly();
    try {
      while (true) {
        for (; seen < events.size(); seen++) {
          if (wanted.test(events.get(seen))) {
            return Optional.of(events.get(seen));
          }
        }
        if (left <= 0) {
          return Optional.empty();
        }
        left = arrived.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
