package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/** A store that does all that the port promises. */
final class MemoryStore implements ObjectStore {

  private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

  ConcurrentSkipListMap<String, byte[]> objects() {
    return objects;
  }

  @Override
  public void put(String name, ByteBuffer content) {
    objects.put(name, bytes(content));
  }

  @Override
  public boolean putIfAbsent(String name, ByteBuffer content) {
    return objects.putIfAbsent(name, bytes(content)) == null;
  }

  @Override
  public byte[] get(String name) throws BackupException {
    byte[] content = objects.get(name);
    if (content == null) {
      throw new BackupException(Fault.OBJECT_MISSING, name + ".");
    }
    return content.clone();
  }

  @Override
  public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
    byte[] content = get(name);
    if (offset + lengthBytes > content.length) {
      throw new BackupException(Fault.OBJECT_TRUNCATED, name + ".");
    }
    return Arrays.copyOfRange(content, (int) offset, (int) offset + lengthBytes);
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> each) {
    objects.tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .map(entry -> new StoredObject(entry.getKey(), entry.getValue().length))
        .toList()
        .forEach(each);
  }

  @Override
  public void delete(String name) {
    objects.remove(name);
  }

  static byte[] bytes(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    return bytes;
  }
}
