package io.mooring.localcluster.process;

import java.time.Duration;

/**
 * Waiting times between restarts in place: doubling from a first to a longest one, and starting
 * over once a run lasted longer than the longest.
 */
public final class Backoff {

  private final Duration first;
  private final Duration longest;
  private Duration next;

  public Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** How long to wait after a run that lasted {@code ran}. */
  public Duration after(Duration ran) {
    if (ran.compareTo(longest) > 0) {
      next = first;
    }
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(longest) > 0 ? longest : doubled;
    return wait;
  }
}
