package io.mooring.localcluster.process;

import io.mooring.localcluster.LocalClusterException;
import java.time.Duration;

/** Waits for something outside of this process to come true. */
public final class Await {

  private static final Duration POLL = Duration.ofMillis(50);

  private Await() {}

  /** A condition that may be asked again and again. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws InterruptedException;
  }

  /**
   * Waits until the condition holds.
   *
   * @param what for people: what is awaited, e.g. {@code control Kafka serves}
   * @param where where to look when it does not happen
   */
  public static void until(String what, Object where, Duration limit, Condition condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new LocalClusterException(
            "LCL-010",
            "Waited in vain until " + what,
            "it did not happen within " + limit.toSeconds() + " s",
            "See " + where);
      }
      Thread.sleep(POLL);
    }
  }
}
