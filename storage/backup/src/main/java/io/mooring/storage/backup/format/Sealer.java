package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;

/**
 * Seals and opens the parts of one object: with a key, so that they can be neither read nor changed
 * nor moved to another place; without one, so that accidental changes show. Belongs to one thread.
 */
public sealed interface Sealer permits EncryptingSealer, ChecksumSealer {

  /** What sealing adds. */
  int TAG_BYTES = 16;

  /**
   * Seals {@code length} bytes.
   *
   * @param position of the part in its object: no two parts of one object have the same
   * @param into gets the length and a tag more, from {@code at} on
   */
  void seal(long position, byte[] content, int from, int length, byte[] into, int at);

  /**
   * Opens what was sealed.
   *
   * @param what names the part in an error
   * @throws BackupException OBJECT_DAMAGED if it is not what was sealed for this position
   */
  byte[] open(long position, byte[] sealed, int from, int length, String what)
      throws BackupException;
}
