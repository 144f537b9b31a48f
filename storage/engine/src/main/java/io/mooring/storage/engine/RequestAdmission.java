package io.mooring.storage.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Bounds the memory of a volume's requests: a client that is faster than the replicas waits here,
 * holding no lock, until enough of what it has asked for is done. Who waits is let in by turns, so
 * that a large request is not overtaken for ever.
 */
final class RequestAdmission {

  private final long bytesMax;
  private final AtomicLong underWay = new AtomicLong();

  /** Held by whoever is next to be let in; the others queue for it. */
  private final ReentrantLock turn = new ReentrantLock(true);

  private final Object room = new Object();

  RequestAdmission(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * @param queuedBytes what is on its way to replicas, needed by acknowledged requests or not
   */
  void enter(long bytes, LongSupplier queuedBytes) {
    if (turn.isLocked() || !isLetIn(bytes, queuedBytes)) {
      awaitRoom(bytes, queuedBytes);
    }
  }

  /** Only what was let in counts, or those who wait would wait for each other. */
  private boolean isLetIn(long bytes, LongSupplier queuedBytes) {
    while (true) {
      long others = underWay.get();
      boolean fits = others == 0 || others + bytes <= bytesMax;
      if (!fits || queuedBytes.getAsLong() > bytesMax) {
        return false;
      }
      if (underWay.compareAndSet(others, others + bytes)) {
        return true;
      }
    }
  }

  private void awaitRoom(long bytes, LongSupplier queuedBytes) {
    boolean interrupted = false;
    turn.lock();
    try {
      synchronized (room) {
        while (!isLetIn(bytes, queuedBytes)) {
          try {
            room.wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      }
    } finally {
      turn.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void leave(long bytes) {
    underWay.addAndGet(-bytes);
    tick();
  }

  /** Has whoever is next look again: bytes leave for replicas without telling. */
  void tick() {
    if (turn.isLocked()) {
      synchronized (room) {
        room.notifyAll();
      }
    }
  }
}
