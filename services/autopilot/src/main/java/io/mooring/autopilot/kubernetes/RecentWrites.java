package io.mooring.autopilot.kubernetes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What was written lately and has not been seen to have arrived: it is not written again each
 * second, but is when it does not arrive. Safe for use by several threads.
 */
final class RecentWrites {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<String, Write> writes = new HashMap<>();
  private final Clock clock;

  private record Write(Object what, Instant at) {}

  RecentWrites(Clock clock) {
    this.clock = clock;
  }

  /** Whether just this was written lately. */
  synchronized boolean contain(String key, Object what) {
    Write last = writes.get(key);
    return last != null
        && last.what().equals(what)
        && clock.instant().isBefore(last.at().plus(PATIENCE));
  }

  synchronized void add(String key, Object what) {
    Instant now = clock.instant();
    writes.values().removeIf(write -> write.at().isBefore(now.minus(PATIENCE)));
    writes.put(key, new Write(what, now));
  }
}
