package io.mooring.storage.backup.format;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Keyed hash of a blob's type and content: 256 bits that tell nothing to whoever lacks the key.
 * Equal ids mean equal content.
 */
public record BlobId(long a, long b, long c, long d) {

  public static final int BYTES = 32;

  static BlobId read(ByteBuffer from) {
    return new BlobId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  void write(ByteBuffer to) {
    to.putLong(a).putLong(b).putLong(c).putLong(d);
  }

  /** As 64 hexadecimal digits. */
  @Override
  public String toString() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    write(bytes);
    return HexFormat.of().formatHex(bytes.array());
  }
}
