package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The process dies at its n-th request. Counts what was put. */
final class KilledStore implements ObjectStore {

  private final MemoryStore store;
  private int left;
  private long putBytes;

  KilledStore(MemoryStore store, int requests) {
    this.store = store;
    this.left = requests;
  }

  /** Bytes of packs that arrived. */
  long putBytes() {
    return putBytes;
  }

  private void count() {
    if (left-- == 0) {
      throw new Storm.Killed();
    }
  }

  @Override
  public void put(String name, ByteBuffer content) {
    count();
    putBytes += content.remaining();
    store.put(name, content);
  }

  @Override
  public boolean putIfAbsent(String name, ByteBuffer content) {
    count();
    return store.putIfAbsent(name, content);
  }

  @Override
  public byte[] get(String name) throws BackupException {
    count();
    return store.get(name);
  }

  @Override
  public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
    count();
    return store.getRange(name, offset, lengthBytes);
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> each) {
    count();
    store.list(prefix, each);
  }

  @Override
  public void delete(String name) {
    count();
    store.delete(name);
  }
}
