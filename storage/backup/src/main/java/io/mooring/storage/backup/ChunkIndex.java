package io.mooring.storage.backup;

import io.mooring.storage.backup.format.BlobId;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.PackId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where known blobs are: a hash table of fixed size, so that memory stays bounded however large the
 * repository is. What no longer fits is forgotten, which costs space in the store and nothing else.
 */
final class ChunkIndex {

  /** Longs of an id and two for the place. */
  private static final int CELL = 6;

  private static final long COMPRESSED = 1L << 63;

  private final int slots;
  private final int entriesMax;
  private final long[] cells;
  private final List<PackId> packs = new ArrayList<>();
  private final Map<PackId, Integer> numbers = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private int entries;

  /**
   * @param bytesMax memory to use, at least 1 MiB
   */
  ChunkIndex(long bytesMax) {
    long fitting = bytesMax / (CELL * Long.BYTES);
    this.slots = (int) Math.min(Long.highestOneBit(fitting), 1 << 25);
    this.entriesMax = slots / 4 * 3;
    this.cells = new long[slots * CELL];
    // No blob is in pack 0, so that an empty cell can be told.
    packs.add(new PackId(new UUID(0, 0), new UUID(0, 0)));
  }

  Optional<BlobRef> find(BlobId id) {
    lock.lock();
    try {
      int at = slotOf(id);
      return isFree(at) ? Optional.empty() : Optional.of(read(at, id));
    } finally {
      lock.unlock();
    }
  }

  /** Remembers where a blob is, unless it is known already or the table is full. */
  void add(BlobRef ref) {
    lock.lock();
    try {
      int at = slotOf(ref.id());
      if (isFree(at) && entries < entriesMax) {
        write(at, ref);
        entries++;
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isFull() {
    lock.lock();
    try {
      return entries >= entriesMax;
    } finally {
      lock.unlock();
    }
  }

  /** The cell of the id, or the free one where it would be. */
  private int slotOf(BlobId id) {
    int slot = (int) (id.a() & (slots - 1));
    while (true) {
      int at = slot * CELL;
      if (isFree(at)
          || (cells[at] == id.a()
              && cells[at + 1] == id.b()
              && cells[at + 2] == id.c()
              && cells[at + 3] == id.d())) {
        return at;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }

  private boolean isFree(int at) {
    return cells[at + 4] == 0;
  }

  private BlobRef read(int at, BlobId id) {
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

  private void write(int at, BlobRef ref) {
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
}
