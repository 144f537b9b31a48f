package io.mooring.storage.backup;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** How far a job has come; read at any time from any thread. */
public final class TransferProgress {

  /**
   * A reading.
   *
   * @param totalBytes size of all volumes, holes counted
   * @param doneBytes of them that are dealt with
   * @param contentBytes of those that were read and are not zeros
   * @param movedBytes that went to or came from the object store
   * @param bytesPerSecond of {@code doneBytes}, since the start
   * @param left estimate from that rate; zero if there is none yet
   */
  public record Reading(
      long totalBytes,
      long doneBytes,
      long contentBytes,
      long movedBytes,
      double bytesPerSecond,
      Duration left) {}

  private final LongSupplier nanoClock;
  private final long startNanos;
  private final LongAdder total = new LongAdder();
  private final LongAdder done = new LongAdder();
  private final LongAdder content = new LongAdder();
  private final LongAdder moved = new LongAdder();

  public TransferProgress() {
    this(System::nanoTime);
  }

  public TransferProgress(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  public Reading reading() {
    double seconds = Math.max(1e-9, (nanoClock.getAsLong() - startNanos) / 1e9);
    double rate = done.sum() / seconds;
    long open = Math.max(0, total.sum() - done.sum());
    Duration left = rate < 1 ? Duration.ZERO : Duration.ofMillis((long) (open / rate * 1000));
    return new Reading(total.sum(), done.sum(), content.sum(), moved.sum(), rate, left);
  }

  void toDo(long bytes) {
    total.add(bytes);
  }

  void done(long bytes) {
    done.add(bytes);
  }

  void content(long bytes) {
    content.add(bytes);
  }

  void moved(long bytes) {
    moved.add(bytes);
  }
}
