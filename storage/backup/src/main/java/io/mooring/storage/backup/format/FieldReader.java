package io.mooring.storage.backup.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/**
 * Reads what {@link FieldWriter} wrote. The bytes were authentic before they came here, so what
 * does not make sense is a fault of its writer, told as damage.
 */
final class FieldReader {

  /** Takes the fields out of a reader. */
  interface Fields<T> {
    T read(FieldReader from);
  }

  private final ByteBuffer bytes;

  private FieldReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /** Reads a record that takes all the bytes. */
  static <T> T all(byte[] bytes, String what, Fields<T> fields) throws BackupException {
    FieldReader reader = new FieldReader(bytes);
    try {
      T value = fields.read(reader);
      if (reader.bytes.hasRemaining()) {
        throw new IllegalArgumentException(reader.bytes.remaining() + " bytes too many");
      }
      return value;
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BackupException(
          Fault.OBJECT_DAMAGED, "%s makes no sense: %s.".formatted(what, e), e);
    }
  }

  int u8() {
    return bytes.get() & 0xff;
  }

  int u16() {
    return bytes.getShort() & 0xffff;
  }

  int i32() {
    return bytes.getInt();
  }

  /** A number of things that follow, each of at least {@code eachBytes}. */
  int count(int eachBytes) {
    int count = bytes.getInt();
    if (count < 0 || (long) count * eachBytes > bytes.remaining()) {
      throw new IllegalArgumentException(count + " things in " + bytes.remaining() + " bytes");
    }
    return count;
  }

  long i64() {
    return bytes.getLong();
  }

  String text() {
    byte[] utf8 = new byte[u16()];
    bytes.get(utf8);
    return new String(utf8, UTF_8);
  }

  UUID uuid() {
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  Instant instant() {
    return Instant.ofEpochMilli(bytes.getLong());
  }

  PackId pack() {
    return PackId.read(bytes);
  }

  BlobId blobId() {
    return BlobId.read(bytes);
  }

  BlobRef placeIn(PackId pack) {
    int offset = i32();
    int stored = i32();
    int plain = i32();
    boolean compressed = u8() == 1;
    return new BlobRef(blobId(), pack, offset, stored, plain, compressed);
  }

  BlobRef ref() {
    return placeIn(pack());
  }
}
