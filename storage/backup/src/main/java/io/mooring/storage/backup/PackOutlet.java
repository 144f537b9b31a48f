package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.BlobId;
import io.mooring.storage.backup.format.BlobNamer;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.PackBuilder;
import io.mooring.storage.backup.format.PackEntry.RegionLabel;
import io.mooring.storage.backup.format.PackId;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Stores blobs that are not stored yet. A reference may be used once the outlet that gave it, and
 * those that share what it knows, are flushed. Belongs to one thread.
 */
final class PackOutlet {

  private final Repository repository;
  private final Session session;
  private final KnownBlobs known;
  private final TransferProgress progress;
  private final BlobNamer namer;
  private final PackBuilder pack;

  PackOutlet(
      Repository repository,
      BackupSettings settings,
      Session session,
      KnownBlobs known,
      TransferProgress progress) {
    this.repository = repository;
    this.session = session;
    this.known = known;
    this.progress = progress;
    this.namer = repository.keys().namer();
    this.pack =
        new PackBuilder(repository.keys(), settings.packBytes(), settings.codec(), nextPack());
  }

  BlobRef store(BlobType type, byte[] content) throws BackupException {
    return store(type, Optional.empty(), content, 0, content.length);
  }

  BlobRef store(BlobType type, Optional<RegionLabel> label, byte[] content, int from, int length)
      throws BackupException {
    BlobId id = namer.nameOf(type, content, from, length);
    Optional<BlobRef> stored = known.find(id);
    return stored.isPresent() ? stored.get() : add(type, label, id, content, from, length);
  }

  private BlobRef add(
      BlobType type, Optional<RegionLabel> label, BlobId id, byte[] content, int from, int length)
      throws BackupException {
    if (!pack.fits(length)) {
      flush();
    }
    BlobRef ref = pack.add(type, label, id, content, from, length);
    known.remember(ref);
    return ref;
  }

  /** On return everything that was stored here is durable. */
  void flush() throws BackupException {
    if (pack.isEmpty()) {
      return;
    }
    ByteBuffer bytes = pack.finish();
    int size = bytes.remaining();
    repository.store().put(pack.id().objectName(), bytes);
    known.sent(pack.id(), pack.entries());
    progress.moved(size);
    pack.begin(nextPack());
    session.renew();
  }

  private PackId nextPack() {
    return new PackId(session.id(), repository.newId());
  }
}
