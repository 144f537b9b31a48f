package io.mooring.storage.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StoreTest {

  private final List<Duration> pauses = new ArrayList<>();
  private long nanos;

  private void pause(Duration duration) {
    pauses.add(duration);
    nanos += duration.toNanos();
  }

  private RetryingStore retrying(FailingStore store, int attempts) {
    RetryPolicy policy =
        new RetryPolicy(
            attempts, Duration.ofMillis(100), Duration.ofMillis(350), Duration.ofHours(1));
    return new RetryingStore(store, policy, this::pause, new SplittableRandom(1));
  }

  @Test
  void transientFaultsAreRetriedWithGrowingPauses() throws BackupException {
    FailingStore store = new FailingStore(Fault.STORE_UNAVAILABLE, 4);
    assertThat(retrying(store, 5).get("name")).hasSize(3);
    assertThat(pauses).hasSize(4);
    assertThat(pauses.get(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(pauses.get(1)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    assertThat(pauses.get(3)).isBetween(Duration.ofMillis(175), Duration.ofMillis(350));
  }

  @Test
  void patienceEndsAndOtherFaultsPassAtOnce() {
    assertThatThrownBy(() -> retrying(new FailingStore(Fault.STORE_TIMEOUT, 9), 3).get("name"))
        .hasMessageStartingWith("MIG-005");
    assertThat(pauses).hasSize(2);
    assertThatThrownBy(() -> retrying(new FailingStore(Fault.STORE_FULL, 1), 3).get("name"))
        .hasMessageStartingWith("MIG-003");
    assertThat(pauses).hasSize(2);
  }

  @Test
  void noAttemptBeginsAfterTheLimitHoweverLongEachTakes() {
    FailingStore silent =
        new FailingStore(Fault.STORE_TIMEOUT, 99) {
          @Override
          public byte[] get(String name) throws BackupException {
            nanos += Duration.ofSeconds(50).toNanos();
            return super.get(name);
          }
        };
    RetryingStore store =
        new RetryingStore(
            silent,
            RetryPolicy.lasting(Duration.ofMinutes(2)),
            this::pause,
            new SplittableRandom(1),
            () -> nanos);
    assertThatThrownBy(() -> store.get("name")).hasMessageStartingWith("MIG-005");
    assertThat(store.retries()).isEqualTo(2);
    assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(155));
  }

  @Test
  void aStoreThatRefusesQuicklyIsAskedForAllOfTheLimit() {
    RetryingStore store =
        new RetryingStore(
            new FailingStore(Fault.STORE_UNAVAILABLE, 999),
            RetryPolicy.lasting(Duration.ofMinutes(2)),
            this::pause,
            new SplittableRandom(1),
            () -> nanos);
    assertThatThrownBy(() -> store.get("name")).hasMessageStartingWith("MIG-004");
    assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofSeconds(109), Duration.ofMinutes(2));
    assertThat(pauses).hasSizeLessThan(30);
  }

  @Test
  void aBandwidthHoldsOverAllRequests() throws Exception {
    Bandwidth bandwidth = new Bandwidth(1_000_000, () -> nanos, this::pause);
    for (int i = 0; i < 10; i++) {
      bandwidth.take(500_000);
    }
    // The last one's own time has not passed yet.
    assertThat(nanos).isEqualTo(Duration.ofMillis(4500).toNanos());
  }

  @Test
  void whoWasIdleHasNoCredit() throws Exception {
    Bandwidth bandwidth = new Bandwidth(1_000_000, () -> nanos, this::pause);
    nanos += Duration.ofHours(1).toNanos();
    bandwidth.take(1_000_000);
    bandwidth.take(1_000_000);
    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
  }

  /** Fails a few times before it works. */
  private static class FailingStore implements ObjectStore {
    private final Fault fault;
    private int left;

    FailingStore(Fault fault, int times) {
      this.fault = fault;
      this.left = times;
    }

    private void fail() throws BackupException {
      if (left-- > 0) {
        throw new BackupException(fault, "Told to fail.");
      }
    }

    @Override
    public void put(String name, ByteBuffer content) throws BackupException {
      fail();
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer content) throws BackupException {
      fail();
      return true;
    }

    @Override
    public byte[] get(String name) throws BackupException {
      fail();
      return new byte[3];
    }

    @Override
    public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
      fail();
      return new byte[lengthBytes];
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws BackupException {
      fail();
    }

    @Override
    public void delete(String name) throws BackupException {
      fail();
    }
  }
}
