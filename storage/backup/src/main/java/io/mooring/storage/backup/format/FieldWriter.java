package io.mooring.storage.backup.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/** Writes the fields of a record into bytes that grow. Big-endian. */
final class FieldWriter {

  private ByteBuffer bytes = ByteBuffer.allocate(1024);

  FieldWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  FieldWriter u16(int value) {
    if (value < 0 || value > 0xffff) {
      throw new IllegalArgumentException(value + " does not fit into 16 bits");
    }
    room(2).putShort((short) value);
    return this;
  }

  FieldWriter i32(int value) {
    room(4).putInt(value);
    return this;
  }

  FieldWriter i64(long value) {
    room(8).putLong(value);
    return this;
  }

  FieldWriter text(String value) {
    byte[] utf8 = value.getBytes(UTF_8);
    u16(utf8.length);
    room(utf8.length).put(utf8);
    return this;
  }

  FieldWriter uuid(UUID value) {
    return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
  }

  FieldWriter instant(Instant value) {
    return i64(value.toEpochMilli());
  }

  FieldWriter pack(PackId value) {
    value.write(room(PackId.BYTES));
    return this;
  }

  FieldWriter blobId(BlobId value) {
    value.write(room(BlobId.BYTES));
    return this;
  }

  /** A reference whose pack stands elsewhere. */
  FieldWriter placeInPack(BlobRef ref) {
    return i32(ref.offset())
        .i32(ref.storedBytes())
        .i32(ref.plainBytes())
        .u8(ref.compressed() ? 1 : 0)
        .blobId(ref.id());
  }

  FieldWriter ref(BlobRef ref) {
    return pack(ref.pack()).placeInPack(ref);
  }

  byte[] toBytes() {
    byte[] result = new byte[bytes.position()];
    bytes.flip().get(result);
    return result;
  }

  private ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      int capacity = Math.max(2 * bytes.capacity(), bytes.position() + count);
      bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
    }
    return bytes;
  }
}
