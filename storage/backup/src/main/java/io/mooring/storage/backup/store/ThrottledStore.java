package io.mooring.storage.backup.store;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Keeps the content of objects, in both directions together, below a bandwidth; counts it. */
public final class ThrottledStore implements ObjectStore {

  private final ObjectStore store;
  private final Bandwidth bandwidth;
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();

  public ThrottledStore(ObjectStore store, Bandwidth bandwidth) {
    this.store = store;
    this.bandwidth = bandwidth;
  }

  public long sentBytes() {
    return sent.sum();
  }

  public long receivedBytes() {
    return received.sum();
  }

  @Override
  public void put(String name, ByteBuffer content) throws BackupException {
    takeToSend(content);
    store.put(name, content);
  }

  @Override
  public boolean putIfAbsent(String name, ByteBuffer content) throws BackupException {
    takeToSend(content);
    return store.putIfAbsent(name, content);
  }

  /** Its size is known only afterwards, so that the next request waits for it. */
  @Override
  public byte[] get(String name) throws BackupException {
    byte[] content = store.get(name);
    take(content.length);
    received.add(content.length);
    return content;
  }

  @Override
  public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
    take(lengthBytes);
    byte[] content = store.getRange(name, offset, lengthBytes);
    received.add(content.length);
    return content;
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> each) throws BackupException {
    store.list(prefix, each);
  }

  @Override
  public void delete(String name) throws BackupException {
    store.delete(name);
  }

  private void takeToSend(ByteBuffer content) throws BackupException {
    take(content.remaining());
    sent.add(content.remaining());
  }

  private void take(long bytes) throws BackupException {
    try {
      bandwidth.take(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackupException(Fault.CANCELLED, "A transfer was stopped.", e);
    }
  }
}
