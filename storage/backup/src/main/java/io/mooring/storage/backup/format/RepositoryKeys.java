package io.mooring.storage.backup.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.GeneralSecurityException;
import java.util.UUID;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of a repository, all derived from one master key. A repository that is not encrypted has
 * the same keys from a master key that anybody can compute.
 */
public final class RepositoryKeys {

  static final int MASTER_BYTES = 32;
  static final int KEY_ID_BYTES = 8;
  private static final int KEY_BYTES = 32;

  private final UUID repository;
  private final boolean encrypted;
  private final SecretKey master;
  private final SecretKey naming;
  private final long keyId;

  RepositoryKeys(UUID repository, boolean encrypted, byte[] master) {
    this.repository = repository;
    this.encrypted = encrypted;
    this.master = new SecretKeySpec(master, "Generic");
    this.naming = new SecretKeySpec(derive("naming", KEY_BYTES), "HmacSHA256");
    this.keyId = ByteBuffer.wrap(derive("key id", KEY_ID_BYTES)).getLong();
  }

  public UUID repository() {
    return repository;
  }

  public boolean encrypted() {
    return encrypted;
  }

  /** Stands in every object; tells the key, not its bytes. */
  long keyId() {
    return keyId;
  }

  public BlobNamer namer() {
    return new BlobNamer(naming);
  }

  public Chunker chunker() {
    LongBuffer table = ByteBuffer.wrap(derive("gear", 256 * Long.BYTES)).asLongBuffer();
    long[] gear = new long[256];
    table.get(gear);
    return new Chunker(gear);
  }

  Sealer sealerOf(PackId pack) {
    ByteBuffer object = ByteBuffer.allocate(PackId.BYTES);
    pack.write(object);
    return sealer("pack", object.array());
  }

  /**
   * @param salt chance that stands in the object: a name may be written more than once
   */
  Sealer sealerOf(String objectName, byte[] salt) {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    object.writeBytes(salt);
    object.writeBytes(objectName.getBytes(US_ASCII));
    return sealer("object", object.toByteArray());
  }

  private Sealer sealer(String use, byte[] object) {
    return encrypted
        ? new EncryptingSealer(new SecretKeySpec(derive(use, object, KEY_BYTES), "AES"))
        : new ChecksumSealer(object);
  }

  private byte[] derive(String use, int bytes) {
    return derive(use, new byte[0], bytes);
  }

  /** HKDF-SHA256 of the master key; limited to 255 blocks of 32 bytes. */
  private byte[] derive(String use, byte[] context, int bytes) {
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    info.writeBytes("mooring backup ".getBytes(US_ASCII));
    info.writeBytes(use.getBytes(US_ASCII));
    info.write(0);
    info.writeBytes(context);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract().addIKM(master).thenExpand(info.toByteArray(), bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HKDF", e);
    }
  }
}
