package io.mooring.storage.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Virtual time and the only source of chance: the same seed gives the same order of events. */
final class Scheduler {
  static final long MICROS = 1_000L;
  static final long MILLIS = 1_000_000L;
  static final long SECONDS = 1_000_000_000L;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final SplittableRandom random;
  private long now = SECONDS;
  private long order;
  private long hash;

  Scheduler(long seed) {
    this.random = new SplittableRandom(seed);
  }

  long now() {
    return now;
  }

  void after(long delayNanos, String label, Runnable action) {
    events.add(new Event(now + delayNanos, order++, label, action));
  }

  /** Runs the next event if it is due before {@code until}. */
  boolean step(long until) {
    Event next = events.peek();
    if (next == null || next.at() > until) {
      now = until;
      return false;
    }
    events.remove();
    now = next.at();
    trace(next.label());
    next.action().run();
    return true;
  }

  /** Mixes something that happened into the hash of the run. */
  void trace(String what) {
    trace(what.hashCode());
  }

  void trace(long what) {
    hash = (hash ^ what ^ now * 31) * 0x9E3779B97F4A7C15L;
    hash ^= hash >>> 29;
  }

  long hash() {
    return hash;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private record Event(long at, long order, String label, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
