package io.mooring.storage.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bounds the memory of a volume's requests: a client that is faster than the replicas waits here,
 * holding no lock, until enough of what it has asked for is done.
 */
final class RequestAdmission {

  private final long bytesMax;
  private final AtomicLong underWay = new AtomicLong();
  private final Object room = new Object();
  private volatile boolean waiting;

  RequestAdmission(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * @param queuedBytes what is on its way to replicas, needed by acknowledged requests or not
   */
  void enter(long bytes, LongSupplier queuedBytes) {
    if (underWay.addAndGet(bytes) <= bytesMax && queuedBytes.getAsLong() <= bytesMax) {
      return;
    }
    awaitRoom(bytes, queuedBytes);
  }

  private void awaitRoom(long bytes, LongSupplier queuedBytes) {
    boolean interrupted = false;
    synchronized (room) {
      waiting = true;
      while (underWay.get() > Math.max(bytes, bytesMax) || queuedBytes.getAsLong() > bytesMax) {
        try {
          room.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void leave(long bytes) {
    underWay.addAndGet(-bytes);
    tick();
  }

  /** Has whoever waits look again: bytes leave for replicas without telling. */
  void tick() {
    if (waiting) {
      synchronized (room) {
        waiting = false;
        room.notifyAll();
      }
    }
  }
}
