package io.mooring.storage.backup.store;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A limit on bytes per second that all workers share. Whoever takes bytes reserves the time that
 * they are worth and waits for what was reserved before: no burst is ever larger than one request.
 */
public final class Bandwidth {

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final Pause pause;
  private final ReentrantLock lock = new ReentrantLock();
  private long freeAtNanos;

  /**
   * @param bytesPerSecond 0 for no limit
   */
  public Bandwidth(long bytesPerSecond, LongSupplier nanoClock, Pause pause) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("a bandwidth of " + bytesPerSecond + " bytes a second");
    }
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.pause = pause;
    this.freeAtNanos = nanoClock.getAsLong();
  }

  public void take(long bytes) throws InterruptedException {
    if (bytesPerSecond == 0) {
      return;
    }
    long waitNanos;
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      long begin = Math.max(now, freeAtNanos);
      freeAtNanos = begin + (long) (bytes * (1e9 / bytesPerSecond));
      waitNanos = begin - now;
    } finally {
      lock.unlock();
    }
    if (waitNanos > 0) {
      pause.pause(Duration.ofNanos(waitNanos));
    }
  }
}
