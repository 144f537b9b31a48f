package io.mooring.storage.backup.store;

import io.mooring.storage.backup.fault.BackupException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A flat space of named, immutable or replaceable objects, such as a bucket with a prefix.
 *
 * <p><b>Durability</b>: a put that returned is durable. <b>Order</b>: what a put or delete did
 * before it returned is seen by every get and list that begins afterwards. A put that failed with a
 * timeout may still happen, any time later. <b>Atomicity</b>: readers see all of an object or none
 * of it; of any number of conditional puts to one name at most one wins. <b>Threads</b>: all
 * methods may be called concurrently. <b>Failure</b>: told by the exception's fault; {@code
 * isTransient} ones are worth another try.
 */
public interface ObjectStore {

  /** Writes what remains in {@code content}, whether the name is taken or not. */
  void put(String name, ByteBuffer content) throws BackupException;

  /**
   * Writes unless the name is taken.
   *
   * @return false if it is taken, be it by an earlier attempt of the same call
   */
  boolean putIfAbsent(String name, ByteBuffer content) throws BackupException;

  /**
   * @throws BackupException OBJECT_MISSING if there is none
   */
  byte[] get(String name) throws BackupException;

  /**
   * @throws BackupException OBJECT_MISSING if there is none, OBJECT_TRUNCATED if it ends before the
   *     range does
   */
  byte[] getRange(String name, long offset, int lengthBytes) throws BackupException;

  /** All objects whose names begin with {@code prefix}, in no particular order. */
  void list(String prefix, Consumer<StoredObject> each) throws BackupException;

  /** Removes the object, if it is there. */
  void delete(String name) throws BackupException;
}
