package io.mooring.storage.replication;

import java.util.Arrays;

/**
 * Which ranges are taken. Nearly every write overlaps nothing, so a counter per block (hashed)
 * answers first; only on a hit are the claims compared one by one, which are as many as there are
 * writes under way.
 */
final class Claims {
  private static final int COUNTERS = 1 << 12;

  /**
   * Claims over more blocks than this are not counted by block; while there is one, every check
   * compares.
   */
  private static final int COUNTED_BLOCKS_MAX = 64;

  private final int[] counters = new int[COUNTERS];
  private Claim[] claims = new Claim[64];
  private int size;
  private int wide;
  private long lastTicket;

  Claim add(ByteRange range) {
    Claim claim = new Claim(range, ++lastTicket);
    if (size == claims.length) {
      claims = Arrays.copyOf(claims, size * 2);
    }
    claim.position = size;
    claims[size++] = claim;
    count(claim, 1);
    return claim;
  }

  void remove(Claim claim) {
    Invariants.check(claims[claim.position] == claim, "claim %s is not held", claim.ticket());
    size--;
    Claim moved = claims[size];
    claims[claim.position] = moved;
    moved.position = claim.position;
    count(claim, -1);
  }

  long lastTicket() {
    return lastTicket;
  }

  /** True if an older claim overlaps. */
  boolean isBlocked(Claim claim) {
    if (!mayMeet(claim.offset(), claim.end(), 1)) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      Claim other = claims[i];
      if (other.ticket() < claim.ticket() && other.overlaps(claim.offset(), claim.end())) {
        return true;
      }
    }
    return false;
  }

  /** True if a granted claim with a ticket up to {@code newest} overlaps the range. */
  boolean isBusy(ByteRange range, long newest) {
    if (!mayMeet(range.offset(), range.end(), 0)) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      Claim other = claims[i];
      if (other.isGranted()
          && other.ticket() <= newest
          && other.overlaps(range.offset(), range.end())) {
        return true;
      }
    }
    return false;
  }

  private boolean mayMeet(long offset, long end, int own) {
    long first = offset / Geometry.BLOCK_BYTES;
    long last = (end - 1) / Geometry.BLOCK_BYTES;
    if (wide > 0 || last - first >= COUNTED_BLOCKS_MAX) {
      return true;
    }
    for (long block = first; block <= last; block++) {
      if (counters[(int) block & (COUNTERS - 1)] > own) {
        return true;
      }
    }
    return false;
  }

  private void count(Claim claim, int change) {
    long first = claim.offset() / Geometry.BLOCK_BYTES;
    long last = (claim.end() - 1) / Geometry.BLOCK_BYTES;
    if (last - first >= COUNTED_BLOCKS_MAX) {
      wide += change;
      return;
    }
    for (long block = first; block <= last; block++) {
      counters[(int) block & (COUNTERS - 1)] += change;
    }
  }
}
