package io.mooring.volumeagent.volumes;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Replicas that their volumes do without, while a head still counts on them because it has not
 * heard so yet. They stay until it lets go. If the only replica of a volume is moved and the old
 * one goes first, the head has no member for a moment, and its client gets an error.
 */
final class Departures {

  /** A head whose node has died never lets go; nothing depends on the replica, so it goes then. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofMillis(20);

  private final Duration limit;
  private final Set<String> awaited = ConcurrentHashMap.newKeySet();
  private final Set<String> overdue = ConcurrentHashMap.newKeySet();

  Departures(Duration limit) {
    this.limit = limit;
  }

  /**
   * Whether a replica may go now.
   *
   * @param replica unique name
   * @param isServing whether a head has a stream to it
   * @param again looks at the replica anew; run once it may go, if it may not go now
   */
  boolean mayGo(String replica, BooleanSupplier isServing, Runnable again) {
    if (overdue.remove(replica) || !isServing.getAsBoolean()) {
      return true;
    }
    if (awaited.add(replica)) {
      Thread.ofVirtual().name("departure").start(() -> await(replica, isServing, again));
    }
    return false;
  }

  private void await(String replica, BooleanSupplier isServing, Runnable again) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (isServing.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        overdue.add(replica);
        break;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    awaited.remove(replica);
    try {
      again.run();
    } catch (RejectedExecutionException _) {
      // The agent ends; its next run hears the state again.
    }
  }
}
