package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM. The key is the object's own, derived from its name and chance, so that the position
 * of a part within the object may be its nonce.
 */
final class EncryptingSealer implements Sealer {

  private static final int NONCE_BYTES = 12;

  private final SecretKey key;
  private final Cipher cipher;

  EncryptingSealer(SecretKey key) {
    this.key = key;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-GCM", e);
    }
  }

  @Override
  public void seal(long position, byte[] content, int from, int length, byte[] into, int at) {
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, nonce(position));
      cipher.doFinal(content, from, length, into, at);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encryption failed", e);
    }
  }

  @Override
  public byte[] open(long position, byte[] sealed, int from, int length, String what)
      throws BackupException {
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, nonce(position));
      return cipher.doFinal(sealed, from, length);
    } catch (AEADBadTagException e) {
      throw new BackupException(Fault.OBJECT_DAMAGED, "%s does not open.".formatted(what), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("decryption failed", e);
    }
  }

  private static GCMParameterSpec nonce(long position) {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(position).array();
    return new GCMParameterSpec(TAG_BYTES * 8, nonce);
  }
}
