package io.mooring.volumeagent.node;

import io.mooring.schemas.PoolHealth;
import io.mooring.volumeagent.config.PoolSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a small file in a pool and makes it durable, again and again, on a thread of its own. A
 * node whose disk hangs still beats its heart; the canary is how others learn that it must not be
 * given work. A test write that hangs is reported while it hangs.
 */
public final class PoolCanary implements AutoCloseable {

  /** What the test write does to the pool; replaced in tests by one that fails or hangs. */
  interface TestWrite {
    void run() throws IOException;
  }

  static final String FILE_NAME = ".canary";

  private static final int BYTES = 4096;
  private static final long UNKNOWN = -1;

  private final PoolSettings pool;
  private final Duration limit;
  private final LongSupplier nanoTime;
  private final TestWrite testWrite;
  private final Optional<GrowableDrive> drive;
  private volatile State state;
  private volatile PoolSpace space = PoolSpace.UNKNOWN;
  private volatile LongSupplier usedBytes = () -> 0;
  private volatile LongSupplier provisionedBytes = () -> UNKNOWN;
  private @Nullable PeriodicThread thread;

  /** Newest finished test write, and when the pending one began, if one is pending. */
  private record State(long micros, @Nullable String error, @Nullable Long pendingSince) {}

  PoolCanary(PoolSettings pool, Duration limit, LongSupplier nanoTime, TestWrite testWrite) {
    this.pool = pool;
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.testWrite = testWrite;
    this.drive = GrowableDrive.of(pool);
    this.state = new State(0, null, null);
  }

  /** Starts testing a pool at an interval. */
  public static PoolCanary start(PoolSettings pool, Duration interval, Duration limit) {
    Path file = pool.path().resolve(FILE_NAME);
    PoolCanary canary = new PoolCanary(pool, limit, System::nanoTime, () -> writeDurably(file));
    canary.space = PoolSpace.measure(pool, 0);
    canary.drive.ifPresent(GrowableDrive::measure);
    canary.thread = PeriodicThread.start("canary-" + pool.poolId(), interval, canary::round);
    return canary;
  }

  void round() {
    long start = nanoTime.getAsLong();
    state = new State(state.micros, state.error, start);
    String error = null;
    try {
      testWrite.run();
    } catch (IOException e) {
      error = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    long took = nanoTime.getAsLong() - start;
    if (error == null && took > limit.toNanos()) {
      error = "took " + took / 1_000_000 + " ms, the limit is " + limit.toMillis() + " ms";
    }
    state = new State(took / 1_000, error, null);
    drive.ifPresent(GrowableDrive::measure);
    space = PoolSpace.measure(pool, usedBytes.getAsLong());
  }

  /** Health of the pool at this moment. */
  public PoolHealth health() {
    State now = state;
    long pending = now.pendingSince == null ? 0 : nanoTime.getAsLong() - now.pendingSince;
    boolean hangs = pending > limit.toNanos();
    return PoolHealth.newBuilder()
        .setPoolId(pool.poolId())
        .setHealthy(!hangs && now.error == null)
        .setCanaryMicros(hangs ? pending / 1_000 : now.micros)
        .setError(hangs ? "test write hangs for " + pending / 1_000_000 + " ms" : now.error)
        .build();
  }

  /**
   * From now on space is measured with what replicas take; before the pool is opened nobody knows.
   */
  public void measureUseBy(LongSupplier bytes) {
    usedBytes = bytes;
  }

  /** From now on it can be told what is provisioned in the pool. */
  public void countProvisionedBy(LongSupplier bytes) {
    provisionedBytes = bytes;
  }

  /** Sum of the logical sizes of the replicas in the pool, -1 before anybody knows. */
  public long provisionedBytes() {
    return provisionedBytes.getAsLong();
  }

  public PoolSettings pool() {
    return pool;
  }

  /** Space of the pool, as of the newest round: asking a sick file system may hang. */
  public PoolSpace space() {
    return space;
  }

  /** The drive below the pool; empty if it is to stay as it is. */
  public Optional<GrowableDrive> drive() {
    return drive;
  }

  private static void writeDurably(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    ThreadLocalRandom.current().nextBytes(bytes.array());
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(bytes, 0);
      channel.force(false);
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.close();
    }
  }
}
