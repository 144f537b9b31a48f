package io.mooring.volumeagent.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Knows for how long this process was not allowed to run. A ticker calls {@link #tick} at a fixed
 * interval; a tick that comes late is a stall, and so is one that has not come yet. An observer
 * that was itself paused says so and loses its vote, instead of calling its peers dead.
 */
public final class StallGauge {

  private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

  private record Stall(long endedAt, long nanos) {}

  private final long intervalNanos;
  private final long healthyNanos;
  private final LongSupplier nanoTime;
  private final Deque<Stall> recent = new ArrayDeque<>();
  private long lastTick;

  /**
   * @param interval distance of two ticks
   * @param healthyLimit stall up to which the process counts as running
   */
  public StallGauge(Duration interval, Duration healthyLimit, LongSupplier nanoTime) {
    this.intervalNanos = interval.toNanos();
    this.healthyNanos = healthyLimit.toNanos();
    this.nanoTime = nanoTime;
    this.lastTick = nanoTime.getAsLong();
  }

  synchronized void tick() {
    long now = nanoTime.getAsLong();
    long stall = openStall(now);
    if (stall > 0) {
      recent.addLast(new Stall(now, stall));
    }
    lastTick = now;
    forgetOld(now);
  }

  /** Longest stall that ended within the last second or still goes on, in ms. */
  public synchronized int worstStallMs() {
    long now = nanoTime.getAsLong();
    forgetOld(now);
    long worst = openStall(now);
    for (Stall stall : recent) {
      worst = Math.max(worst, stall.nanos);
    }
    return (int) Math.min(Integer.MAX_VALUE, Duration.ofNanos(worst).toMillis());
  }

  /** Whether the ticker runs at this moment. */
  public synchronized boolean isHealthy() {
    return openStall(nanoTime.getAsLong()) <= healthyNanos;
  }

  private long openStall(long now) {
    return Math.max(0, now - lastTick - intervalNanos);
  }

  private void forgetOld(long now) {
    while (!recent.isEmpty() && now - recent.getFirst().endedAt > WINDOW_NANOS) {
      recent.removeFirst();
    }
  }
}
