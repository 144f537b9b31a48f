package io.mooring.volumeagent.node;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * A platform thread that does one thing at a fixed rate. What decides about life and death must not
 * queue behind other work, so it gets a thread of its own instead of a place in a pool. Rounds that
 * were missed are not caught up.
 */
public final class PeriodicThread implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PeriodicThread.class);

  private final Thread thread;
  private volatile boolean closed;

  private PeriodicThread(String name, Duration interval, Runnable round) {
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(interval, round));
  }

  public static PeriodicThread start(String name, Duration interval, Runnable round) {
    PeriodicThread periodic = new PeriodicThread(name, interval, round);
    periodic.thread.start();
    return periodic;
  }

  private void run(Duration interval, Runnable round) {
    long next = System.nanoTime();
    while (!closed) {
      try {
        round.run();
      } catch (RuntimeException e) {
        LOG.errorf(e, "A round failed and is tried again at the next. thread=%s", thread.getName());
      }
      next = Math.max(next + interval.toNanos(), System.nanoTime());
      for (long left = next - System.nanoTime();
          left > 0 && !closed;
          left = next - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }

  /** Lets the current round finish and starts no other. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
