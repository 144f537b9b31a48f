package io.mooring.storage.blockstore;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps apart what touches the same part of the newest layer: writes of whole blocks go side by
 * side, a merge or a write of half a block has its stripe for itself.
 */
final class LayerStripes {

  static final int STRIPE_BYTES = 1 << 20;

  private static final int STRIPES = 64;

  private final ReadWriteLock[] locks = new ReadWriteLock[STRIPES];

  LayerStripes() {
    for (int i = 0; i < STRIPES; i++) {
      locks[i] = new ReentrantReadWriteLock();
    }
  }

  Lock shared(long offset) {
    return of(offset).readLock();
  }

  Lock exclusive(long offset) {
    return of(offset).writeLock();
  }

  private ReadWriteLock of(long offset) {
    return locks[(int) (offset / STRIPE_BYTES % STRIPES)];
  }

  /** How much of a range from here on lies in one stripe. */
  static long pieceBytes(long offset, long end) {
    return Math.min(end, (offset / STRIPE_BYTES + 1) * STRIPE_BYTES) - offset;
  }
}
