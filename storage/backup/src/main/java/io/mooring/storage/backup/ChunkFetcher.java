package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobOpener;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Fetches chunks, those that are near each other in a pack with one request. Belongs to one thread.
 */
final class ChunkFetcher {

  /** Reading so much for nothing is cheaper than another request. */
  private static final int GAP_BYTES_MAX = 256 << 10;

  private static final int REQUEST_BYTES_MAX = 8 << 20;

  /** A chunk and where it belongs in the volume. */
  record Wanted(BlobRef ref, long offset) {}

  /** Gets proved content. */
  interface Sink {
    void put(Wanted wanted, byte[] content) throws IOException;
  }

  private final Repository repository;
  private final TransferProgress progress;
  private final BlobOpener opener;

  ChunkFetcher(Repository repository, TransferProgress progress) {
    this.repository = repository;
    this.progress = progress;
    this.opener = new BlobOpener(repository.keys());
  }

  void fetch(List<Wanted> wanted, Sink sink) throws IOException {
    for (List<Wanted> group : groups(wanted)) {
      fetchGroup(group, sink);
    }
  }

  private void fetchGroup(List<Wanted> group, Sink sink) throws IOException {
    BlobRef first = group.getFirst().ref();
    int length = end(group.getLast()) - first.offset();
    byte[] sealed = range(first, length);
    boolean again = false;
    for (Wanted wanted : group) {
      int from = wanted.ref().offset() - first.offset();
      byte[] content;
      try {
        content = opener.open(BlobType.CHUNK, wanted.ref(), sealed, from);
      } catch (BackupException e) {
        if (again || e.fault() != Fault.OBJECT_DAMAGED) {
          throw e;
        }
        // It may have been spoilt on its way; what is spoilt in the store is so the next time.
        again = true;
        sealed = range(first, length);
        content = opener.open(BlobType.CHUNK, wanted.ref(), sealed, from);
      }
      sink.put(wanted, content);
    }
  }

  private byte[] range(BlobRef first, int length) throws BackupException {
    byte[] sealed = repository.store().getRange(first.pack().objectName(), first.offset(), length);
    progress.moved(length);
    return sealed;
  }

  static List<List<Wanted>> groups(List<Wanted> wanted) {
    List<Wanted> sorted = new ArrayList<>(wanted);
    sorted.sort(
        Comparator.comparing((Wanted chunk) -> chunk.ref().pack().objectName())
            .thenComparing(chunk -> chunk.ref().offset()));
    List<List<Wanted>> groups = new ArrayList<>();
    for (Wanted next : sorted) {
      if (groups.isEmpty() || !belongsTo(groups.getLast(), next)) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(next);
    }
    return groups;
  }

  private static boolean belongsTo(List<Wanted> group, Wanted next) {
    BlobRef first = group.getFirst().ref();
    return first.pack().equals(next.ref().pack())
        && next.ref().offset() - end(group.getLast()) <= GAP_BYTES_MAX
        && end(next) - first.offset() <= REQUEST_BYTES_MAX;
  }

  private static int end(Wanted chunk) {
    return chunk.ref().offset() + chunk.ref().storedBytes();
  }
}
