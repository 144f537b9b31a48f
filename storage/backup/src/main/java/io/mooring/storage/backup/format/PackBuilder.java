package io.mooring.storage.backup.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills one pack after another: compresses and seals blobs, ends with a footer that lists them.
 * Belongs to one thread; its memory is two packs' worth at most, whatever passes through.
 */
public final class PackBuilder {

  static final byte[] MAGIC = "MOORPACK".getBytes(US_ASCII);
  static final byte[] END_MAGIC = "MOOREND\n".getBytes(US_ASCII);
  static final short VERSION = 1;
  static final int HEADER_BYTES = 64;
  static final int TRAILER_BYTES = 16;

  private final RepositoryKeys keys;
  private final Compression compression;
  private final byte[] bytes;
  private final List<PackEntry> entries = new ArrayList<>();
  private PackId id;
  private Sealer sealer;
  private int end;

  public PackBuilder(RepositoryKeys keys, int packBytes, Codec codec, PackId first) {
    this.keys = keys;
    this.compression = new Compression(codec);
    this.bytes = new byte[packBytes];
    this.id = first;
    this.sealer = keys.sealerOf(first);
    startHeader();
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The pack being filled. */
  public PackId id() {
    return id;
  }

  public List<PackEntry> entries() {
    return List.copyOf(entries);
  }

  /** Whether a blob of that size surely fits. */
  public boolean fits(int plainBytes) {
    long footer = PackFooter.bytesFor(entries.size() + 1);
    return end + (long) plainBytes + Sealer.TAG_BYTES + footer <= bytes.length;
  }

  /** Adds a blob that {@link #fits}. */
  public BlobRef add(
      BlobType type,
      Optional<PackEntry.RegionLabel> region,
      BlobId blob,
      byte[] content,
      int from,
      int length) {
    int packed = compression.compress(content, from, length);
    boolean compressed = packed >= 0;
    int size = compressed ? packed : length;
    sealer.seal(
        end, compressed ? compression.buffer() : content, compressed ? 0 : from, size, bytes, end);
    int stored = size + Sealer.TAG_BYTES;
    BlobRef ref = new BlobRef(blob, id, end, stored, length, compressed);
    entries.add(new PackEntry(type, ref, region));
    end += stored;
    return ref;
  }

  /** The finished pack; valid until the next one is begun. */
  public ByteBuffer finish() {
    byte[] footer = PackFooter.encode(entries);
    sealer.seal(end, footer, 0, footer.length, bytes, end);
    int sealed = footer.length + Sealer.TAG_BYTES;
    ByteBuffer trailer = ByteBuffer.wrap(bytes, end + sealed, TRAILER_BYTES);
    trailer.putInt(sealed).putInt(entries.size()).put(END_MAGIC);
    return ByteBuffer.wrap(bytes, 0, end + sealed + TRAILER_BYTES);
  }

  public void begin(PackId next) {
    id = next;
    sealer = keys.sealerOf(next);
    entries.clear();
    startHeader();
  }

  private void startHeader() {
    ByteBuffer header = ByteBuffer.wrap(bytes, 0, HEADER_BYTES);
    header.put(MAGIC).putShort(VERSION).put((byte) (keys.encrypted() ? 1 : 0)).put((byte) 0);
    header.putLong(keys.keyId());
    id.write(header);
    while (header.hasRemaining()) {
      header.put((byte) 0);
    }
    end = HEADER_BYTES;
  }
}
