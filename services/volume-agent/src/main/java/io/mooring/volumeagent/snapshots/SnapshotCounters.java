package io.mooring.volumeagent.snapshots;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What the heads of this node have taken since the agent started. */
public final class SnapshotCounters {

  private final LongAdder taken = new LongAdder();
  private final LongAdder heldNanos = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private final LongAdder removed = new LongAdder();

  void taken(Duration held) {
    taken.increment();
    heldNanos.add(held.toNanos());
  }

  void missed() {
    missed.increment();
  }

  void removed() {
    removed.increment();
  }

  /** Snapshots that were taken. */
  public long takenCount() {
    return taken.sum();
  }

  /** For how long writes were held back for them, in all, in ns. */
  public long heldNanosTotal() {
    return heldNanos.sum();
  }

  /** Attempts that came to nothing. */
  public long missedCount() {
    return missed.sum();
  }

  /** Snapshots that were deleted from replicas of this node. */
  public long removedCount() {
    return removed.sum();
  }
}
