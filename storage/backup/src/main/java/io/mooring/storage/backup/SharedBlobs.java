package io.mooring.storage.backup;

import io.mooring.storage.backup.format.BlobId;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.PackEntry;
import io.mooring.storage.backup.format.PackId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What several writers in one process have sent while all of them are at work, so that they find
 * each other's content. A chunk is in here once its pack is durable, and not before.
 *
 * <p>Why that is safe from a prune: a pack that became durable after a writer's session was open is
 * on no list that this session knows; a list that names it waits until the session is over, and
 * then the backup is looked at. Packs that were there before are as safe as others: if they are in
 * the store and on no list. May be used from several threads.
 */
public final class SharedBlobs {

  private final ChunkIndex index;
  private final Map<PackId, Long> packs = new ConcurrentHashMap<>();
  private final AtomicLong added = new AtomicLong();
  private final AtomicLong writers = new AtomicLong();

  /**
   * @param bytesMax memory to use, at least 1 MiB
   */
  public SharedBlobs(long bytesMax) {
    this.index = new ChunkIndex(bytesMax);
  }

  /**
   * A writer that takes part.
   *
   * @param since what was added later was sent while its session was open
   * @param begin which part of its volumes it reads first, from 0 to 1: replicas lie in much the
   *     same places, and two who read them at the same time find nothing of each other
   */
  record Part(long since, double begin) {}

  /** To be called when the writer's session is open, before it looks at the store. */
  Part join() {
    // 0, 1/2, 1/4, 3/4, 1/8 and so on: as far from those who have begun as can be.
    double begin = Long.reverse(writers.getAndIncrement()) / 0x1p64;
    return new Part(added.get(), begin < 0 ? begin + 1 : begin);
  }

  /** A pack is durable. */
  void sent(PackId pack, List<PackEntry> entries) {
    packs.put(pack, added.incrementAndGet());
    for (PackEntry entry : entries) {
      if (entry.type() == BlobType.CHUNK) {
        index.add(entry.ref());
      }
    }
  }

  Optional<BlobRef> find(BlobId id) {
    return index.find(id);
  }

  /** Whether the pack was sent after the writer joined. */
  boolean isLater(PackId pack, Part writer) {
    return packs.getOrDefault(pack, 0L) > writer.since();
  }
}
