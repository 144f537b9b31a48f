package io.mooring.storage.backup.format;

/**
 * What a blob contains and where it is.
 *
 * @param offset of the sealed bytes in the pack
 * @param storedBytes sealed
 * @param plainBytes of content
 */
public record BlobRef(
    BlobId id, PackId pack, int offset, int storedBytes, int plainBytes, boolean compressed) {

  public BlobRef {
    if (offset < 0
        || storedBytes < Sealer.TAG_BYTES
        || plainBytes < 0
        || plainBytes > Limits.BLOB_BYTES_MAX
        || storedBytes > Limits.BLOB_BYTES_MAX + Sealer.TAG_BYTES) {
      throw new IllegalArgumentException("impossible blob at " + offset + " of " + pack);
    }
  }
}
