package io.mooring.storage.backup.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The object {@code repository}: who it is and its master key, wrapped by a key from the
 * passphrase. A checksum of its own tells a damaged header from a wrong passphrase.
 */
public final class RepositoryHeader {

  public static final String OBJECT_NAME = "repository";

  static final byte[] MAGIC = "MOORREPO".getBytes(US_ASCII);
  static final short VERSION = 1;

  /** OWASP's advice of 2023 for PBKDF2 with HMAC-SHA256. */
  public static final int ITERATIONS = 600_000;

  private static final int SALT_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int WRAPPED_BYTES = RepositoryKeys.MASTER_BYTES + Sealer.TAG_BYTES;
  private static final int DIGEST_BYTES = 32;
  private static final int BODY_BYTES = 12 + 16 + 8 + 4 + SALT_BYTES + NONCE_BYTES + WRAPPED_BYTES;

  private RepositoryHeader() {}

  /** A header and the keys that it holds. */
  public record Created(ByteBuffer header, RepositoryKeys keys) {}

  /**
   * Makes up a repository.
   *
   * @param passphrase empty for one that is not encrypted
   * @param iterations of PBKDF2: work for everyone who opens it and for everyone who guesses
   */
  public static Created create(
      Optional<String> passphrase, int iterations, RandomGenerator random) {
    UUID repository = new UUID(random.nextLong(), random.nextLong());
    byte[] salt = bytes(random, SALT_BYTES);
    byte[] nonce = bytes(random, NONCE_BYTES);
    byte[] master =
        passphrase.isPresent()
            ? bytes(random, RepositoryKeys.MASTER_BYTES)
            : publicMaster(repository);
    RepositoryKeys keys = new RepositoryKeys(repository, passphrase.isPresent(), master);
    ByteBuffer header = ByteBuffer.allocate(BODY_BYTES + DIGEST_BYTES);
    header.put(MAGIC).putShort(VERSION).put((byte) (keys.encrypted() ? 1 : 0)).put((byte) 0);
    header.putLong(repository.getMostSignificantBits());
    header.putLong(repository.getLeastSignificantBits());
    header.putLong(keys.keyId()).putInt(iterations).put(salt).put(nonce);
    header.put(
        passphrase
            .map(secret -> wrap(master, kek(secret, salt, iterations), nonce, repository))
            .orElse(new byte[WRAPPED_BYTES]));
    header.put(sha256(Arrays.copyOf(header.array(), BODY_BYTES)));
    return new Created(header.flip(), keys);
  }

  /**
   * @throws BackupException WRONG_KEY, KEY_MODE, UNKNOWN_VERSION, or the header is damaged
   */
  public static RepositoryKeys open(byte[] object, Optional<String> passphrase)
      throws BackupException {
    ByteBuffer header = checked(object);
    boolean encrypted = header.get() == 1;
    header.get();
    UUID repository = new UUID(header.getLong(), header.getLong());
    long keyId = header.getLong();
    int iterations = header.getInt();
    byte[] salt = take(header, SALT_BYTES);
    byte[] nonce = take(header, NONCE_BYTES);
    byte[] wrapped = take(header, WRAPPED_BYTES);
    if (encrypted != passphrase.isPresent()) {
      throw new BackupException(
          Fault.KEY_MODE, "Repository %s cannot be opened.".formatted(repository));
    }
    byte[] master =
        encrypted
            ? unwrap(wrapped, kek(passphrase.orElseThrow(), salt, iterations), nonce, repository)
            : publicMaster(repository);
    RepositoryKeys keys = new RepositoryKeys(repository, encrypted, master);
    if (keys.keyId() != keyId) {
      throw damaged("names another key than it holds");
    }
    return keys;
  }

  private static ByteBuffer checked(byte[] object) throws BackupException {
    ByteBuffer header = ByteBuffer.wrap(object);
    if (object.length < MAGIC.length + 2 || !Arrays.equals(take(header, MAGIC.length), MAGIC)) {
      throw damaged("does not begin as one");
    }
    int version = header.getShort();
    if (version != VERSION) {
      throw new BackupException(
          Fault.UNKNOWN_VERSION, "The repository has version %d.".formatted(version));
    }
    if (object.length != BODY_BYTES + DIGEST_BYTES
        || !Arrays.equals(
            sha256(Arrays.copyOf(object, BODY_BYTES)),
            Arrays.copyOfRange(object, BODY_BYTES, object.length))) {
      throw damaged("does not match its checksum");
    }
    return header;
  }

  private static byte[] publicMaster(UUID repository) {
    return sha256(("mooring open repository " + repository).getBytes(US_ASCII));
  }

  private static SecretKeySpec kek(String passphrase, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray(), salt, iterations, 256);
    try {
      return new SecretKeySpec(
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded(),
          "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no PBKDF2", e);
    } finally {
      spec.clearPassword();
    }
  }

  private static byte[] wrap(byte[] master, SecretKeySpec kek, byte[] nonce, UUID repository) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, kek, nonce, repository).doFinal(master);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the master key cannot be wrapped", e);
    }
  }

  private static byte[] unwrap(byte[] wrapped, SecretKeySpec kek, byte[] nonce, UUID repository)
      throws BackupException {
    try {
      return cipher(Cipher.DECRYPT_MODE, kek, nonce, repository).doFinal(wrapped);
    } catch (AEADBadTagException e) {
      throw new BackupException(
          Fault.WRONG_KEY, "Repository %s stays closed.".formatted(repository), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the master key cannot be unwrapped", e);
    }
  }

  private static Cipher cipher(int mode, SecretKeySpec kek, byte[] nonce, UUID repository)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, kek, new GCMParameterSpec(Sealer.TAG_BYTES * 8, nonce));
    cipher.updateAAD(repository.toString().getBytes(US_ASCII));
    return cipher;
  }

  private static BackupException damaged(String how) {
    return new BackupException(
        Fault.OBJECT_DAMAGED, "The header of the repository %s.".formatted(how));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static byte[] bytes(RandomGenerator random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }
}
