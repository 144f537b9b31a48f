package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.util.Arrays;

/**
 * Turns stored bytes into content that is what its reference says: authentic, decompressed, of the
 * right length and name. Nothing else hands out content of blobs. Belongs to one thread.
 */
public final class BlobOpener {

  private final RepositoryKeys keys;
  private final BlobNamer namer;

  public BlobOpener(RepositoryKeys keys) {
    this.keys = keys;
    this.namer = keys.namer();
  }

  /**
   * Opens one blob.
   *
   * @param bytes hold the sealed blob from {@code from} on
   * @throws BackupException OBJECT_DAMAGED or CONTENT_MISMATCH
   */
  public byte[] open(BlobType type, BlobRef ref, byte[] bytes, int from) throws BackupException {
    String what =
        "The %s at %d of %s"
            .formatted(type.name().toLowerCase(), ref.offset(), ref.pack().objectName());
    byte[] opened =
        keys.sealerOf(ref.pack()).open(ref.offset(), bytes, from, ref.storedBytes(), what);
    byte[] content = ref.compressed() ? Compression.expand(opened, ref.plainBytes(), what) : opened;
    if (content.length != ref.plainBytes()
        || !namer.nameOf(type, content, 0, content.length).equals(ref.id())) {
      throw new BackupException(Fault.CONTENT_MISMATCH, what + " is not what it is called.");
    }
    return content;
  }

  /** Whether these bytes are the blob's content. */
  public boolean isContent(BlobType type, BlobRef ref, byte[] bytes, int from, int length) {
    return length == ref.plainBytes() && namer.nameOf(type, bytes, from, length).equals(ref.id());
  }

  /** Checks what the header of a whole pack says of itself. */
  public void checkHeader(PackId pack, byte[] object) throws BackupException {
    if (object.length < PackBuilder.HEADER_BYTES) {
      throw new BackupException(
          Fault.OBJECT_TRUNCATED, "%s has no header.".formatted(pack.objectName()));
    }
    PackHeader header = PackHeader.read(object);
    if (!Arrays.equals(header.magic(), PackBuilder.MAGIC) || !header.pack().equals(pack)) {
      throw new BackupException(
          Fault.OBJECT_DAMAGED, "%s does not begin as a pack does.".formatted(pack.objectName()));
    }
    if (header.version() != PackBuilder.VERSION) {
      throw new BackupException(
          Fault.UNKNOWN_VERSION,
          "%s has version %d.".formatted(pack.objectName(), header.version()));
    }
    if (header.keyId() != keys.keyId()) {
      throw new BackupException(
          Fault.FOREIGN_KEY, "%s has another key id.".formatted(pack.objectName()));
    }
  }
}
