package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Leaves content readable; the tag is the beginning of a SHA-256 of object, position, content. */
final class ChecksumSealer implements Sealer {

  private final byte[] object;
  private final MessageDigest digest;

  ChecksumSealer(byte[] object) {
    this.object = object;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  @Override
  public void seal(long position, byte[] content, int from, int length, byte[] into, int at) {
    System.arraycopy(content, from, into, at, length);
    System.arraycopy(tag(position, content, from, length), 0, into, at + length, TAG_BYTES);
  }

  @Override
  public byte[] open(long position, byte[] sealed, int from, int length, String what)
      throws BackupException {
    int contentBytes = length - TAG_BYTES;
    int end = from + contentBytes;
    if (contentBytes < 0
        || !Arrays.equals(
            tag(position, sealed, from, contentBytes),
            0,
            TAG_BYTES,
            sealed,
            end,
            end + TAG_BYTES)) {
      throw new BackupException(
          Fault.OBJECT_DAMAGED, "%s does not match its checksum.".formatted(what));
    }
    return Arrays.copyOfRange(sealed, from, end);
  }

  private byte[] tag(long position, byte[] content, int from, int length) {
    digest.update(object);
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(position).array());
    digest.update(content, from, length);
    return digest.digest();
  }
}
