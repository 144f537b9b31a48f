package io.mooring.storage.replication;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a replica must not do before part of its record is durable. */
final class Barriers {
  private final List<Barrier> waiting = new ArrayList<>();

  /** Runs the action once the token is durable. */
  void add(long token, Runnable action) {
    waiting.add(new Barrier(token, false, action));
  }

  /** Runs the action once the token is durable and the store works on nothing old any more. */
  void addDrained(long token, Runnable action) {
    waiting.add(new Barrier(token, true, action));
  }

  void pass(long durableToken, boolean drained) {
    for (Iterator<Barrier> each = waiting.iterator(); each.hasNext(); ) {
      Barrier barrier = each.next();
      if (barrier.token() <= durableToken && (drained || !barrier.drained())) {
        each.remove();
        barrier.action().run();
      }
    }
  }

  private record Barrier(long token, boolean drained, Runnable action) {}
}
