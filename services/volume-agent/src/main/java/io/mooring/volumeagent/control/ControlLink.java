package io.mooring.volumeagent.control;

import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Whether the control topics can be reached, told once per change: being without them for hours is
 * a normal state of an agent (run-flat), not a line of log per attempt.
 */
public final class ControlLink {

  private static final Logger LOG = Logger.getLogger(ControlLink.class);

  private final LongSupplier nanoTime;
  private boolean connected;
  private boolean announced;
  private long changedAt;

  public ControlLink(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.changedAt = nanoTime.getAsLong();
  }

  synchronized void worked() {
    if (!connected) {
      connected = true;
      announced = true;
      changedAt = nanoTime.getAsLong();
      LOG.info("Control topics can be reached.");
    }
  }

  synchronized void failed(Throwable cause) {
    if (connected || !announced) {
      connected = false;
      announced = true;
      changedAt = nanoTime.getAsLong();
      LOG.warnf(
          "Control topics cannot be reached; attached volumes go on, reports wait. cause=%s",
          rootOf(cause));
    }
  }

  public synchronized boolean isConnected() {
    return connected;
  }

  /** For how long the link has been as it is, in ms. */
  public synchronized long sinceMs() {
    return (nanoTime.getAsLong() - changedAt) / 1_000_000;
  }

  private static String rootOf(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
