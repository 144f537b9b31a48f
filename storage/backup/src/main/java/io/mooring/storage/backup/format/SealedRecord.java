package io.mooring.storage.backup.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A small object of its own: root, session or list of garbage, bound to its name. */
public final class SealedRecord {

  private static final byte[] MAGIC = "MOORRECD".getBytes(US_ASCII);
  private static final short VERSION = 1;
  private static final int SALT_BYTES = 32;
  private static final int HEADER_BYTES = 8 + 2 + 1 + 1 + 8 + SALT_BYTES + 4;

  private SealedRecord() {}

  public static ByteBuffer seal(
      RepositoryKeys keys, String objectName, byte[] content, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    int sealed = content.length + Sealer.TAG_BYTES;
    ByteBuffer object = ByteBuffer.allocate(HEADER_BYTES + sealed);
    object.put(MAGIC).putShort(VERSION).put((byte) (keys.encrypted() ? 1 : 0)).put((byte) 0);
    object.putLong(keys.keyId()).put(salt).putInt(sealed);
    keys.sealerOf(objectName, salt)
        .seal(0, content, 0, content.length, object.array(), HEADER_BYTES);
    return object.rewind();
  }

  public static byte[] open(RepositoryKeys keys, String objectName, byte[] object)
      throws BackupException {
    if (object.length < HEADER_BYTES) {
      throw new BackupException(Fault.OBJECT_TRUNCATED, objectName + " has no header.");
    }
    ByteBuffer header = ByteBuffer.wrap(object);
    byte[] magic = new byte[MAGIC.length];
    header.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new BackupException(Fault.OBJECT_DAMAGED, objectName + " does not begin as a record.");
    }
    int version = header.getShort();
    if (version != VERSION) {
      throw new BackupException(
          Fault.UNKNOWN_VERSION, "%s has version %d.".formatted(objectName, version));
    }
    header.getShort();
    if (header.getLong() != keys.keyId()) {
      throw new BackupException(Fault.FOREIGN_KEY, objectName + " has another key id.");
    }
    byte[] salt = new byte[SALT_BYTES];
    header.get(salt);
    int sealed = header.getInt();
    if (sealed != object.length - HEADER_BYTES) {
      throw new BackupException(
          sealed > object.length - HEADER_BYTES ? Fault.OBJECT_TRUNCATED : Fault.OBJECT_DAMAGED,
          objectName + " has another length than it says.");
    }
    return keys.sealerOf(objectName, salt).open(0, object, HEADER_BYTES, sealed, objectName);
  }
}
