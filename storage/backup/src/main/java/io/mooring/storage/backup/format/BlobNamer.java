package io.mooring.storage.backup.format;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** Computes the names of blobs. Belongs to one thread. */
public final class BlobNamer {

  private final Mac mac;

  BlobNamer(SecretKey key) {
    try {
      this.mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA256", e);
    }
  }

  public BlobId nameOf(BlobType type, byte[] content, int from, int length) {
    mac.update(type.code());
    mac.update(content, from, length);
    return BlobId.read(ByteBuffer.wrap(mac.doFinal()));
  }
}
