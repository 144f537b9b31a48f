package io.mooring.storage.backup;

import io.mooring.storage.backup.format.BlobId;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.PackId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where known blobs are: hash tables that grow with what is known, up to a size, so that memory
 * stays bounded however large the repository is. What no longer fits is forgotten, which costs
 * space in the store and nothing else.
 *
 * <p>There are many small tables instead of a large one: the heap needs no room in one piece, and
 * none is ever there twice while it grows.
 */
final class ChunkIndex {

  private static final int TABLES = 64;
  private static final int TABLE_BITS = 6;

  /** Longs of an id and two for the place. */
  private static final int CELL = 6;

  private static final int SLOTS_MIN = 64;
  private static final int SLOTS_MAX = 1 << 20;
  private static final long COMPRESSED = 1L << 63;

  private final int slotsMax;
  private final Table[] tables = new Table[TABLES];
  private final List<PackId> packs = new ArrayList<>();
  private final Map<PackId, Integer> numbers = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * @param bytesMax memory to use, at least 1 MiB
   */
  ChunkIndex(long bytesMax) {
    long fitting = bytesMax / TABLES / (CELL * Long.BYTES);
    this.slotsMax = Math.clamp(Long.highestOneBit(fitting), SLOTS_MIN, SLOTS_MAX);
    for (int i = 0; i < TABLES; i++) {
      tables[i] = new Table();
    }
    // No blob is in pack 0, so that an empty cell can be told.
    packs.add(new PackId(new UUID(0, 0), new UUID(0, 0)));
  }

  Optional<BlobRef> find(BlobId id) {
    lock.lock();
    try {
      Table table = tableOf(id);
      int at = table.cellOf(id.a(), id.b(), id.c(), id.d());
      return table.isFree(at) ? Optional.empty() : Optional.of(read(table.cells, at, id));
    } finally {
      lock.unlock();
    }
  }

  /** Remembers where a blob is, unless it is known already or there is no room. */
  void add(BlobRef ref) {
    lock.lock();
    try {
      BlobId id = ref.id();
      Table table = tableOf(id);
      if (table.hasRoom()) {
        int at = table.cellOf(id.a(), id.b(), id.c(), id.d());
        if (table.isFree(at)) {
          write(table.cells, at, ref);
          table.entries++;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is no more room, or will soon be none: names are spread evenly. */
  boolean isFull() {
    lock.lock();
    try {
      return Arrays.stream(tables).anyMatch(Table::isFull);
    } finally {
      lock.unlock();
    }
  }

  /** Memory that the tables take now. */
  long bytes() {
    lock.lock();
    try {
      return Arrays.stream(tables).mapToLong(table -> (long) table.cells.length * Long.BYTES).sum();
    } finally {
      lock.unlock();
    }
  }

  /** By other bits than those that choose the slot. */
  private Table tableOf(BlobId id) {
    return tables[(int) (id.a() >>> (Long.SIZE - TABLE_BITS))];
  }

  private BlobRef read(long[] cells, int at, BlobId id) {
    long place = cells[at + 4];
    long sizes = cells[at + 5];
    return new BlobRef(
        id,
        packs.get((int) (place >>> 32)),
        (int) place,
        (int) (sizes >>> 32) & 0x7fff_ffff,
        (int) sizes,
        (sizes & COMPRESSED) != 0);
  }

  private void write(long[] cells, int at, BlobRef ref) {
    int pack =
        numbers.computeIfAbsent(
            ref.pack(),
            unknown -> {
              packs.add(unknown);
              return packs.size() - 1;
            });
    cells[at] = ref.id().a();
    cells[at + 1] = ref.id().b();
    cells[at + 2] = ref.id().c();
    cells[at + 3] = ref.id().d();
    cells[at + 4] = (long) pack << 32 | ref.offset();
    cells[at + 5] =
        (ref.compressed() ? COMPRESSED : 0) | (long) ref.storedBytes() << 32 | ref.plainBytes();
  }

  /** Open addressing; three quarters of its slots are used at most. */
  private final class Table {
    private long[] cells = new long[SLOTS_MIN * CELL];
    private int slots = SLOTS_MIN;
    private int entries;

    boolean isFull() {
      return slots == slotsMax && entries >= limit();
    }

    /** Grows if that is what it takes. */
    boolean hasRoom() {
      if (entries >= limit() && slots < slotsMax) {
        grow();
      }
      return entries < limit();
    }

    private int limit() {
      return slots / 4 * 3;
    }

    private void grow() {
      long[] before = cells;
      slots *= 2;
      cells = new long[slots * CELL];
      for (int from = 0; from < before.length; from += CELL) {
        if (before[from + 4] != 0) {
          int at = cellOf(before[from], before[from + 1], before[from + 2], before[from + 3]);
          System.arraycopy(before, from, cells, at, CELL);
        }
      }
    }

    boolean isFree(int at) {
      return cells[at + 4] == 0;
    }

    /** The cell of the id, or the free one where it would be. */
    int cellOf(long a, long b, long c, long d) {
      int slot = (int) (a & (slots - 1));
      while (true) {
        int at = slot * CELL;
        if (isFree(at)
            || (cells[at] == a && cells[at + 1] == b && cells[at + 2] == c && cells[at + 3] == d)) {
          return at;
        }
        slot = (slot + 1) & (slots - 1);
      }
    }
  }
}
