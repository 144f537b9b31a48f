package io.mooring.storage.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of block (or region) numbers as a bitmap in pages of 4 KiB, of which only the touched ones
 * exist. A terabyte in blocks is at most 2 MiB; clearing costs only the touched pages.
 *
 * <p>Mutable and owned by whoever made it; a set that has become part of a message is not changed
 * any more.
 */
public final class BlockSet {
  /** Words in a page; a page is the unit in which a map is persisted. */
  public static final int PAGE_WORDS = 512;

  /** Numbers in a page. */
  public static final int PAGE_BITS = PAGE_WORDS * Long.SIZE;

  private long[] @Nullable [] pages = new long[0][];

  public static BlockSet of(int... numbers) {
    BlockSet set = new BlockSet();
    for (int number : numbers) {
      set.add(number);
    }
    return set;
  }

  public void add(int number) {
    long[] page = pageForUpdate(number / PAGE_BITS);
    page[word(number)] |= 1L << number;
  }

  /** Adds every number from {@code first} to {@code last}, both included. */
  public void addAll(int first, int last) {
    int number = first;
    while (number <= last) {
      long[] page = pageForUpdate(number / PAGE_BITS);
      int lastOfWord = Math.min(last, number | (Long.SIZE - 1));
      page[word(number)] |= maskOf(number, lastOfWord);
      number = lastOfWord + 1;
    }
  }

  public void addAll(BlockSet other) {
    for (int index = 0; index < other.pages.length; index++) {
      long[] theirs = other.pages[index];
      if (theirs != null) {
        long[] ours = pageForUpdate(index);
        for (int word = 0; word < PAGE_WORDS; word++) {
          ours[word] |= theirs[word];
        }
      }
    }
  }

  public void remove(int number) {
    long[] page = page(number / PAGE_BITS);
    if (page != null) {
      page[word(number)] &= ~(1L << number);
    }
  }

  public void removeAll(BlockSet other) {
    for (int index = 0; index < Math.min(pages.length, other.pages.length); index++) {
      long[] ours = pages[index];
      long[] theirs = other.pages[index];
      if (ours != null && theirs != null) {
        for (int word = 0; word < PAGE_WORDS; word++) {
          ours[word] &= ~theirs[word];
        }
      }
    }
  }

  public void clear() {
    for (long[] page : pages) {
      if (page != null) {
        Arrays.fill(page, 0);
      }
    }
  }

  public boolean contains(int number) {
    long[] page = page(number / PAGE_BITS);
    return page != null && (page[word(number)] & 1L << number) != 0;
  }

  /** True if some number from {@code first} to {@code last}, both included, is in the set. */
  public boolean containsAny(int first, int last) {
    int found = next(first);
    return found >= 0 && found <= last;
  }

  /** Smallest number in the set that is not below {@code from}, or -1. */
  public int next(int from) {
    int number = from;
    while (number / PAGE_BITS < pages.length) {
      long[] page = page(number / PAGE_BITS);
      if (page == null) {
        number = (number / PAGE_BITS + 1) * PAGE_BITS;
        continue;
      }
      long bits = page[word(number)] >>> number;
      if (bits != 0) {
        return number + Long.numberOfTrailingZeros(bits);
      }
      number = (number | (Long.SIZE - 1)) + 1;
    }
    return -1;
  }

  public boolean isEmpty() {
    return next(0) < 0;
  }

  public long size() {
    long size = 0;
    for (long[] page : pages) {
      if (page != null) {
        for (long word : page) {
          size += Long.bitCount(word);
        }
      }
    }
    return size;
  }

  public void forEach(IntConsumer action) {
    for (int number = next(0); number >= 0; number = next(number + 1)) {
      action.accept(number);
    }
  }

  public BlockSet copy() {
    BlockSet copy = new BlockSet();
    copy.addAll(this);
    return copy;
  }

  /** The numbers from {@code first} to {@code last}, both included, as a set of its own. */
  public BlockSet within(int first, int last) {
    BlockSet part = new BlockSet();
    for (int number = next(first); number >= 0 && number <= last; number = next(number + 1)) {
      part.add(number);
    }
    return part;
  }

  /** Pages that hold something, as copies: what a store writes. */
  public List<Page> pages() {
    List<Page> copies = new ArrayList<>();
    for (int index = 0; index < pages.length; index++) {
      long[] page = pages[index];
      if (page != null) {
        copies.add(new Page(index, page.clone()));
      }
    }
    return copies;
  }

  /** The page with this index as a copy; empty words if nothing has touched it. */
  public Page pageCopy(int index) {
    long[] page = page(index);
    return new Page(index, page == null ? new long[PAGE_WORDS] : page.clone());
  }

  /** Adds what a page holds: how a store or a codec builds a set. */
  public void addPage(Page page) {
    Invariants.check(page.words().length == PAGE_WORDS, "page of %s words", page.words().length);
    long[] ours = pageForUpdate(page.index());
    for (int word = 0; word < PAGE_WORDS; word++) {
      ours[word] |= page.words()[word];
    }
  }

  /**
   * One page of a set: bit {@code n} of word {@code w} is number {@code index * PAGE_BITS + w * 64
   * + n}.
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Page(int index, long[] words) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Page that && index == that.index && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
      return 31 * index + Arrays.hashCode(words);
    }

    @Override
    public String toString() {
      return "Page[" + index + "]";
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof BlockSet that)) {
      return false;
    }
    int mine = next(0);
    int theirs = that.next(0);
    while (mine == theirs && mine >= 0) {
      mine = next(mine + 1);
      theirs = that.next(theirs + 1);
    }
    return mine == theirs;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int number = next(0); number >= 0; number = next(number + 1)) {
      hash = 31 * hash + number;
    }
    return hash;
  }

  /** Ranges of numbers, such as {@code {3, 7-9}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    int first = next(0);
    while (first >= 0) {
      int last = first;
      while (contains(last + 1)) {
        last++;
      }
      text.append(text.length() > 1 ? ", " : "").append(first);
      if (last > first) {
        text.append('-').append(last);
      }
      first = next(last + 1);
    }
    return text.append('}').toString();
  }

  private static int word(int number) {
    return number % PAGE_BITS / Long.SIZE;
  }

  private static long maskOf(int first, int last) {
    return -1L << first & -1L >>> (Long.SIZE - 1 - last % Long.SIZE);
  }

  private long @Nullable [] page(int index) {
    return index < pages.length ? pages[index] : null;
  }

  private long[] pageForUpdate(int index) {
    if (index >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
    }
    long[] page = pages[index];
    if (page == null) {
      page = new long[PAGE_WORDS];
      pages[index] = page;
    }
    return page;
  }
}
