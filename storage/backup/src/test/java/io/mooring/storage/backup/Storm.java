package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A store's bad days, and the time that passes there: requests are lost, time out although they
 * were done, are done late or twice, and processes die at them. One request happens at a time.
 */
final class Storm {

  /** The process dies here and now. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private interface Late {
    void run();
  }

  private record Pending(int step, Late put) {}

  private static final int LATENESS_MAX = 150;

  private final MemoryStore store;
  private final SplittableRandom random;
  private final Turnstile turnstile;
  private final List<Pending> late = new ArrayList<>();
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private volatile boolean calm;
  private int step;

  Storm(MemoryStore store, SplittableRandom random, Turnstile turnstile) {
    this.store = store;
    this.random = random;
    this.turnstile = turnstile;
  }

  Instant now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** From now on everything works; what is late arrives. */
  void calm() {
    calm = true;
    late.forEach(pending -> pending.put().run());
    late.clear();
  }

  /** The store as one process sees it. */
  ObjectStore seenBy(int process) {
    return new Seen(process);
  }

  private final class Seen implements ObjectStore {
    private final int process;

    Seen(int process) {
      this.process = process;
    }

    @Override
    public void put(String name, ByteBuffer content) throws BackupException {
      byte[] bytes = MemoryStore.bytes(content);
      write(() -> {
        store.put(name, ByteBuffer.wrap(bytes));
        return true;
      });
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer content) throws BackupException {
      byte[] bytes = MemoryStore.bytes(content);
      return write(() -> store.putIfAbsent(name, ByteBuffer.wrap(bytes)));
    }

    @Override
    public byte[] get(String name) throws BackupException {
      read();
      return store.get(name);
    }

    @Override
    public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
      read();
      return store.getRange(name, offset, lengthBytes);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws BackupException {
      read();
      store.list(prefix, each);
    }

    @Override
    public void delete(String name) throws BackupException {
      read();
      store.delete(name);
    }

    private void read() throws BackupException {
      enter();
      if (!calm && random.nextInt(60) == 0) {
        throw new BackupException(Fault.STORE_UNAVAILABLE, "Bad weather.");
      }
    }

    private boolean write(BooleanSupplier put) throws BackupException {
      enter();
      int luck = calm ? 100 : random.nextInt(100);
      if (luck < 3) {
        throw new BackupException(Fault.STORE_TIMEOUT, "Lost.");
      }
      if (luck < 6) {
        put.getAsBoolean();
        throw new BackupException(Fault.STORE_TIMEOUT, "Done, but nobody was told.");
      }
      if (luck < 10) {
        late.add(new Pending(step + 1 + random.nextInt(LATENESS_MAX), put::getAsBoolean));
        throw new BackupException(Fault.STORE_TIMEOUT, "Late.");
      }
      if (luck < 12) {
        late.add(new Pending(step + 1 + random.nextInt(LATENESS_MAX), put::getAsBoolean));
      }
      return put.getAsBoolean();
    }

    private void enter() {
      if (calm) {
        return;
      }
      turnstile.pass(process);
      step++;
      now = now.plusSeconds(random.nextInt(600));
      if (random.nextInt(80) == 0) {
        now = now.plus(Duration.ofHours(random.nextInt(40)));
      }
      for (Iterator<Pending> all = late.iterator(); all.hasNext(); ) {
        Pending pending = all.next();
        if (pending.step() <= step) {
          pending.put().run();
          all.remove();
        }
      }
      if (random.nextInt(40) == 0) {
        throw new Killed();
      }
    }
  }
}
