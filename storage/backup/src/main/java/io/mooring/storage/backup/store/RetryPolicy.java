package io.mooring.storage.backup.store;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and after what pause a store is asked again. The pause doubles; half of it is chance,
 * so that workers that failed together do not come back together.
 *
 * @param attempts how often altogether
 * @param first pause after the first failure
 * @param longest longest pause
 * @param limit how long after the first attempt another one may begin, whatever each takes
 */
public record RetryPolicy(int attempts, Duration first, Duration longest, Duration limit) {

  /** Gives up after two minutes. */
  public static final RetryPolicy DEFAULT = lasting(Duration.ofMinutes(2));

  /** Asks again for that long. */
  public static RetryPolicy lasting(Duration limit) {
    return new RetryPolicy(
        Integer.MAX_VALUE, Duration.ofMillis(200), Duration.ofSeconds(10), limit);
  }

  Duration pauseAfter(int attempt, RandomGenerator random) {
    long doubled = first.toMillis() << Math.min(attempt - 1, 20);
    long whole = Math.min(doubled, longest.toMillis());
    return Duration.ofMillis(whole / 2 + random.nextLong(whole / 2 + 1));
  }
}
