package io.mooring.storage.blockstore;

import io.mooring.storage.replication.Geometry;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Which sectors of 4 KiB one layer of a replica holds, in memory. Any number of threads may read
 * and change it; memory is taken only where something is set.
 */
final class PresentBlocks {

  static final int BLOCK_BYTES = Geometry.SECTOR_BYTES;

  /** Of 128 MiB of the volume. */
  private static final int PAGE_BITS = 1 << 15;

  private static final int PAGE_WORDS = PAGE_BITS / Long.SIZE;

  private volatile @Nullable AtomicLongArray[] pages = new @Nullable AtomicLongArray[8];

  boolean contains(long block) {
    AtomicLongArray page = page((int) (block / PAGE_BITS));
    return page != null && (page.getAcquire(word(block)) & bit(block)) != 0;
  }

  void addAll(long first, long last) {
    for (long block = first; block <= last; block++) {
      AtomicLongArray page = pageForWriting((int) (block / PAGE_BITS));
      if (block % Long.SIZE == 0 && block + Long.SIZE - 1 <= last) {
        page.setRelease(word(block), -1L);
        block += Long.SIZE - 1;
      } else {
        page.getAndAccumulate(word(block), bit(block), (before, added) -> before | added);
      }
    }
  }

  void removeAll(long first, long last) {
    for (long block = first; block <= last; block++) {
      AtomicLongArray page = page((int) (block / PAGE_BITS));
      if (page != null) {
        page.getAndAccumulate(word(block), ~bit(block), (before, kept) -> before & kept);
      }
    }
  }

  /** Adds the members from {@code first} to {@code last} to a set that begins at {@code first}. */
  void addTo(BitSet set, long first, long last) {
    long block = first;
    while (block <= last) {
      AtomicLongArray page = page((int) (block / PAGE_BITS));
      if (page == null) {
        block = (block / PAGE_BITS + 1) * PAGE_BITS;
        continue;
      }
      long word = page.getAcquire(word(block)) >>> block % Long.SIZE;
      long wordEnd = Math.min(last + 1, (block / Long.SIZE + 1) * Long.SIZE);
      for (; word != 0 && block < wordEnd; block++, word >>>= 1) {
        if ((word & 1) != 0) {
          set.set((int) (block - first));
        }
      }
      block = wordEnd;
    }
  }

  private @Nullable AtomicLongArray page(int index) {
    @Nullable AtomicLongArray[] known = pages;
    return index < known.length ? known[index] : null;
  }

  private AtomicLongArray pageForWriting(int index) {
    AtomicLongArray known = page(index);
    return known != null ? known : addPage(index);
  }

  private synchronized AtomicLongArray addPage(int index) {
    @Nullable AtomicLongArray[] grown =
        Arrays.copyOf(pages, Math.max(pages.length, Integer.highestOneBit(index) * 2));
    AtomicLongArray page = grown[index];
    if (page == null) {
      page = new AtomicLongArray(PAGE_WORDS);
      grown[index] = page;
      pages = grown; // a new array: readers of the old one miss a page, never half of one
    }
    return page;
  }

  private static int word(long block) {
    return (int) (block % PAGE_BITS) / Long.SIZE;
  }

  private static long bit(long block) {
    return 1L << block % Long.SIZE;
  }
}
