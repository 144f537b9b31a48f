package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.RepositoryHeader;
import io.mooring.storage.backup.format.RepositoryKeys;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.SealedRecord;
import io.mooring.storage.backup.store.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A place in an object store where backups are kept, opened with its key. May be used from several
 * threads and by several processes at once.
 */
public final class Repository {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");

  private final ObjectStore store;
  private final RepositoryKeys keys;
  private final InstantSource clock;
  private final RandomGenerator random;

  private Repository(
      ObjectStore store, RepositoryKeys keys, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes a repository.
   *
   * @param passphrase empty if its content is not to be encrypted
   * @param random a SecureRandom, or a seeded one in a test
   * @throws BackupException REPOSITORY_EXISTS if there is one
   */
  public static Repository create(
      ObjectStore store,
      Optional<String> passphrase,
      int iterations,
      InstantSource clock,
      RandomGenerator random)
      throws BackupException {
    RepositoryHeader.Created created = RepositoryHeader.create(passphrase, iterations, random);
    if (!store.putIfAbsent(RepositoryHeader.OBJECT_NAME, created.header().duplicate())) {
      byte[] present = store.get(RepositoryHeader.OBJECT_NAME);
      // A put that was repeated may have been refused by its own first attempt.
      if (!ByteBuffer.wrap(present).equals(created.header())) {
        throw new BackupException(Fault.REPOSITORY_EXISTS, "No repository was created.");
      }
    }
    return new Repository(store, created.keys(), clock, random);
  }

  /**
   * Opens a repository.
   *
   * @throws BackupException NO_REPOSITORY, WRONG_KEY, KEY_MODE or UNKNOWN_VERSION
   */
  public static Repository open(
      ObjectStore store, Optional<String> passphrase, InstantSource clock, RandomGenerator random)
      throws BackupException {
    byte[] header;
    try {
      header = store.get(RepositoryHeader.OBJECT_NAME);
    } catch (BackupException e) {
      throw e.fault() == Fault.OBJECT_MISSING
          ? new BackupException(Fault.NO_REPOSITORY, "No repository was opened.", e)
          : e;
    }
    return new Repository(store, RepositoryHeader.open(header, passphrase), clock, random);
  }

  /** Opens the repository, or makes it if there is none; any number of processes may do so. */
  public static Repository openOrCreate(
      ObjectStore store, Optional<String> passphrase, InstantSource clock, RandomGenerator random)
      throws BackupException {
    try {
      return open(store, passphrase, clock, random);
    } catch (BackupException e) {
      if (e.fault() != Fault.NO_REPOSITORY) {
        throw e;
      }
    }
    try {
      return create(store, passphrase, RepositoryHeader.ITERATIONS, clock, random);
    } catch (BackupException e) {
      if (e.fault() != Fault.REPOSITORY_EXISTS) {
        throw e;
      }
      return open(store, passphrase, clock, random);
    }
  }

  /** Who the repository is. */
  public UUID id() {
    return keys.repository();
  }

  public boolean encrypted() {
    return keys.encrypted();
  }

  /**
   * Names of all backups, in alphabetical order; also of those whose root is damaged, which {@link
   * #backup} then tells.
   */
  public List<String> backups() throws BackupException {
    List<String> names = new ArrayList<>();
    for (String name : roots()) {
      if (isBackup(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private boolean isBackup(String name) throws BackupException {
    try {
      return root(name).orElse(null) instanceof RootObject.Complete;
    } catch (BackupException e) {
      if (e.fault().isDamage()) {
        return true;
      }
      throw e;
    }
  }

  /**
   * A complete backup.
   *
   * @throws BackupException NO_BACKUP if there is none, or one that says how its root is damaged
   */
  public RootObject.Complete backup(String name) throws BackupException {
    checkName(name);
    if (root(name).orElse(null) instanceof RootObject.Complete complete) {
      return complete;
    }
    throw new BackupException(Fault.NO_BACKUP, "'%s' was not found.".formatted(name));
  }

  /** What an application's object of a backup says, proved to be what was stored. */
  public byte[] content(RootObject.ApplicationObject object) throws BackupException {
    BlobReader reader = new BlobReader(this);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (BlobRef part : object.parts()) {
      content.writeBytes(reader.read(BlobType.OBJECT, part));
    }
    return content.toByteArray();
  }

  /**
   * Deletes a backup, also one whose root is damaged: it is gone on return, its space once {@link
   * PruneJob} has run twice.
   *
   * @throws BackupException NO_BACKUP if there is none
   */
  public void delete(String name, String reason) throws BackupException {
    checkName(name);
    if (!roots().contains(name)) {
      throw new BackupException(Fault.NO_BACKUP, "'%s' was not deleted.".formatted(name));
    }
    store.put(RootObject.objectName(name), seal(name, new RootObject.Tombstone(now(), reason)));
  }

  static void checkName(String backup) throws BackupException {
    if (!NAME.matcher(backup).matches()) {
      throw new BackupException(
          Fault.BAD_NAME, "'%s' cannot be the name of a backup.".formatted(backup));
    }
  }

  /** Names under which there is something, be it a tombstone. */
  TreeSet<String> roots() throws BackupException {
    TreeSet<String> names = new TreeSet<>();
    store.list(
        RootObject.PREFIX,
        object -> names.add(object.name().substring(RootObject.PREFIX.length())));
    return names;
  }

  /** What stands under a backup's name. */
  Optional<RootObject> root(String backup) throws BackupException {
    Optional<byte[]> bytes = record(RootObject.objectName(backup));
    return bytes.isEmpty() ? Optional.empty() : Optional.of(RootObject.decode(bytes.get()));
  }

  /** Takes a backup's name for ever; false if it is taken by other bytes than these. */
  boolean claim(String backup, RootObject root) throws BackupException {
    ByteBuffer sealed = seal(backup, root);
    String name = RootObject.objectName(backup);
    if (store.putIfAbsent(name, sealed.duplicate())) {
      return true;
    }
    // The name may have been taken by an earlier attempt of this very put.
    return ByteBuffer.wrap(store.get(name)).equals(sealed);
  }

  private ByteBuffer seal(String backup, RootObject root) {
    return seal(RootObject.objectName(backup), root.encode());
  }

  ByteBuffer seal(String objectName, byte[] content) {
    return SealedRecord.seal(keys, objectName, content, random);
  }

  /** A record, opened; empty if there is none. */
  Optional<byte[]> record(String objectName) throws BackupException {
    byte[] object;
    try {
      object = store.get(objectName);
    } catch (BackupException e) {
      if (e.fault() == Fault.OBJECT_MISSING) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(SealedRecord.open(keys, objectName, object));
  }

  ObjectStore store() {
    return store;
  }

  RepositoryKeys keys() {
    return keys;
  }

  Instant now() {
    return clock.instant();
  }

  UUID newId() {
    return new UUID(random.nextLong(), random.nextLong());
  }
}
