package io.mooring.failoverdetector.liveness;

/**
 * The detector's own time: milliseconds during which it was awake and able to hear. A pause of the
 * detector, a jump of the wall clock and silence of everybody do not advance it, so no node's
 * deadline passes because of them.
 */
final class OwnClock {

  private final LivenessSettings.Cadence cadence;
  private long ownMs;
  private long lastInputMs = Long.MIN_VALUE;
  private long pauses;

  OwnClock(LivenessSettings.Cadence cadence) {
    this.cadence = cadence;
  }

  /** Advances to an input that arrives at that wall-clock time; returns own time. */
  long advance(long wallMs) {
    long gap = lastInputMs == Long.MIN_VALUE ? 0 : Math.max(0, wallMs - lastInputMs);
    lastInputMs = wallMs;
    if (gap > cadence.pauseLimitMs()) {
      pauses++;
      gap = cadence.tickMs();
    }
    ownMs += gap;
    return ownMs;
  }

  /** Takes back what is beyond the limit; returns whether there was anything to take back. */
  boolean holdAt(long limitMs) {
    if (ownMs <= limitMs) {
      return false;
    }
    ownMs = limitMs;
    return true;
  }

  long nowMs() {
    return ownMs;
  }

  /** How often the detector itself was paused. */
  long pauses() {
    return pauses;
  }
}
