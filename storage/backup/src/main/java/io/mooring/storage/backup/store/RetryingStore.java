package io.mooring.storage.backup.store;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Asks again after transient failures, with growing pauses. Other failures pass at once. */
public final class RetryingStore implements ObjectStore {

  private interface Call<T> {
    T run() throws BackupException;
  }

  private final ObjectStore store;
  private final RetryPolicy policy;
  private final Pause pause;
  private final RandomGenerator random;
  private final LongSupplier nanoClock;
  private final LongAdder retries = new LongAdder();

  public RetryingStore(ObjectStore store, RetryPolicy policy, Pause pause, RandomGenerator random) {
    this(store, policy, pause, random, System::nanoTime);
  }

  RetryingStore(
      ObjectStore store,
      RetryPolicy policy,
      Pause pause,
      RandomGenerator random,
      LongSupplier nanoClock) {
    this.store = store;
    this.policy = policy;
    this.pause = pause;
    this.random = random;
    this.nanoClock = nanoClock;
  }

  /** How often a request was repeated. */
  public long retries() {
    return retries.sum();
  }

  @Override
  public void put(String name, ByteBuffer content) throws BackupException {
    retry(() -> {
      store.put(name, content.duplicate());
      return true;
    });
  }

  @Override
  public boolean putIfAbsent(String name, ByteBuffer content) throws BackupException {
    return retry(() -> store.putIfAbsent(name, content.duplicate()));
  }

  @Override
  public byte[] get(String name) throws BackupException {
    return retry(() -> store.get(name));
  }

  @Override
  public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
    return retry(() -> store.getRange(name, offset, lengthBytes));
  }

  /** Repeated from its beginning: the consumer may see an object twice. */
  @Override
  public void list(String prefix, Consumer<StoredObject> each) throws BackupException {
    retry(() -> {
      store.list(prefix, each);
      return true;
    });
  }

  @Override
  public void delete(String name) throws BackupException {
    retry(() -> {
      store.delete(name);
      return true;
    });
  }

  private <T> T retry(Call<T> call) throws BackupException {
    long begun = nanoClock.getAsLong();
    for (int attempt = 1; ; attempt++) {
      try {
        return call.run();
      } catch (BackupException e) {
        Duration wait = policy.pauseAfter(attempt, random);
        long passed = nanoClock.getAsLong() - begun;
        if (!e.fault().isTransient()
            || attempt == policy.attempts()
            || passed + wait.toNanos() > policy.limit().toNanos()) {
          throw e;
        }
        retries.increment();
        sleep(wait);
      }
    }
  }

  private void sleep(Duration wait) throws BackupException {
    try {
      pause.pause(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackupException(Fault.CANCELLED, "A request to the object store was stopped.", e);
    }
  }
}
