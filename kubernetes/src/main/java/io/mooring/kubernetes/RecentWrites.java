package io.mooring.kubernetes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was written lately and has not been seen to have arrived: it is not written again each
 * second, but is when it does not arrive. Safe for use by several threads.
 */
public final class RecentWrites {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<String, Write> writes = new HashMap<>();
  private final Clock clock;

  private record Write(Object what, Instant at) {}

  public RecentWrites(Clock clock) {
    this.clock = clock;
  }

  /** Whether just this was written lately. */
  public synchronized boolean contain(String key, Object what) {
    return last(key).filter(what::equals).isPresent();
  }

  /** What was written last, if that was lately. */
  public synchronized Optional<Object> last(String key) {
    return Optional.ofNullable(writes.get(key))
        .filter(write -> clock.instant().isBefore(write.at().plus(PATIENCE)))
        .map(Write::what);
  }

  /** It has arrived: should it be wanted again, it is written again. */
  public synchronized void arrived(String key) {
    writes.remove(key);
  }

  public synchronized void add(String key, Object what) {
    Instant now = clock.instant();
    writes.values().removeIf(write -> write.at().isBefore(now.minus(PATIENCE)));
    writes.put(key, new Write(what, now));
  }
}
