package io.mooring.storage.backup.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;

/**
 * Zstandard at its fastest regular level, kept only where it saves something: producers that
 * compress leave nothing to gain, and Zstandard finds that out at gigabytes a second.
 */
final class Compression {

  private static final int LEVEL = 1;

  /** Saving less is not worth the work of the reader. */
  private static final int PERCENT_MAX = 97;

  private final Codec codec;
  private final byte[] buffer;

  Compression(Codec codec) {
    this.codec = codec;
    this.buffer =
        new byte[codec == Codec.NONE ? 0 : (int) Zstd.compressBound(Limits.BLOB_BYTES_MAX)];
  }

  /** What {@link #compress} wrote into. */
  byte[] buffer() {
    return buffer;
  }

  /**
   * @return the length in {@link #buffer}, or -1 if it was not worth it
   */
  int compress(byte[] content, int from, int length) {
    if (codec == Codec.NONE) {
      return -1;
    }
    long size = Zstd.compressByteArray(buffer, 0, buffer.length, content, from, length, LEVEL);
    return Zstd.isError(size) || size * 100 > (long) length * PERCENT_MAX ? -1 : (int) size;
  }

  static byte[] expand(byte[] compressed, int plainBytes, String what) throws BackupException {
    try {
      byte[] plain = Zstd.decompress(compressed, plainBytes);
      if (plain.length == plainBytes) {
        return plain;
      }
    } catch (ZstdException e) {
      throw new BackupException(Fault.OBJECT_DAMAGED, "%s does not decompress.".formatted(what), e);
    }
    throw new BackupException(
        Fault.OBJECT_DAMAGED, "%s decompresses to another length.".formatted(what));
  }
}
