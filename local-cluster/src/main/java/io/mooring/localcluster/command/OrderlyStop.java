package io.mooring.localcluster.command;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into an interrupt of the work, and lets the JVM end only when the work
 * has cleaned up after itself, or has had its time for it.
 */
public final class OrderlyStop {

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final int INTERRUPTED = 130;

  private OrderlyStop() {}

  /** Work that may be interrupted and then cleans up. */
  @FunctionalInterface
  public interface Work {
    int run() throws InterruptedException, IOException;
  }

  /** Runs the work on this thread and returns its exit status. */
  public static int run(Work work) throws IOException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread worker = Thread.currentThread();
    Thread onSignal = new Thread(() -> interruptAndAwait(worker, ended), "orderly-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      return work.run();
    } catch (InterruptedException e) {
      return INTERRUPTED;
    } finally {
      ended.countDown();
    }
  }

  private static void interruptAndAwait(Thread worker, CountDownLatch ended) {
    try {
      if (ended.getCount() > 0) {
        worker.interrupt();
        ended.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
