package io.mooring.migrator.work;

import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Agents hear of what volume-manager has decided a moment later, so they are asked again. */
final class Patience {

  private static final Logger LOG = Logger.getLogger(Patience.class);
  private static final long POLL_MS = 200;

  private Patience() {}

  /** A request that may come too early. */
  interface Request<T> {
    T send() throws IOException;
  }

  /**
   * @throws OutsideException the last refusal, when the time is over, or one that is final
   */
  static <T> T until(Duration limit, Request<T> request) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        return request.send();
      } catch (OutsideException e) {
        if (e.isFinal() || System.nanoTime() > deadline) {
          throw e;
        }
        LOG.debugf("Asked again in a moment; cause=%s", e.getMessage());
      }
      Thread.sleep(POLL_MS);
    }
  }
}
