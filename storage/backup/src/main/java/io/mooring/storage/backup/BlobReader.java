package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobOpener;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.PackEntry;
import io.mooring.storage.backup.format.PackFooter;
import io.mooring.storage.backup.format.PackId;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.VolumeMap;
import io.mooring.storage.backup.store.ObjectStore;
import java.util.List;

/** Fetches blobs and hands out what is proved to be their content. Belongs to one thread. */
final class BlobReader {

  private final Repository repository;
  private final ObjectStore store;
  private final BlobOpener opener;

  BlobReader(Repository repository) {
    this.repository = repository;
    this.store = repository.store();
    this.opener = new BlobOpener(repository.keys());
  }

  byte[] read(BlobType type, BlobRef ref) throws BackupException {
    try {
      return opener.open(type, ref, sealed(ref), 0);
    } catch (BackupException e) {
      if (e.fault() != Fault.OBJECT_DAMAGED) {
        throw e;
      }
      // It may have been spoilt on its way; what is spoilt in the store is so the next time.
      return opener.open(type, ref, sealed(ref), 0);
    }
  }

  private byte[] sealed(BlobRef ref) throws BackupException {
    return store.getRange(ref.pack().objectName(), ref.offset(), ref.storedBytes());
  }

  RegionPage page(BlobRef ref) throws BackupException {
    return RegionPage.decode(read(BlobType.PAGE, ref));
  }

  VolumeMap map(BlobRef ref) throws BackupException {
    return VolumeMap.decode(read(BlobType.MAP, ref));
  }

  BlobOpener opener() {
    return opener;
  }

  /** What a finished pack of known size holds. */
  List<PackEntry> footer(PackId pack, long packBytes) throws BackupException {
    byte[] tail = tail(pack, packBytes, PackFooter.TAIL_BYTES);
    int needed = PackFooter.tailBytes(PackFooter.sealedBytes(pack, tail));
    if (needed > tail.length) {
      tail = tail(pack, packBytes, needed);
    }
    return PackFooter.read(repository.keys(), pack, tail, packBytes);
  }

  private byte[] tail(PackId pack, long packBytes, int bytes) throws BackupException {
    int length = (int) Math.min(packBytes, bytes);
    return store.getRange(pack.objectName(), packBytes - length, length);
  }
}
