package io.mooring.volumeagent.node;

import io.mooring.schemas.ProbeOutcome;
import java.time.Duration;

/**
 * What has been seen of one peer, and for how long nothing else. A run begins when its first probe
 * was sent: from then on nothing contradicted it.
 */
record OutcomeRun(
    ProbeOutcome outcome, long sinceNanos, long answeredAtNanos, long roundTripMicros) {

  static OutcomeRun unknown(long nowNanos) {
    return new OutcomeRun(ProbeOutcome.UNKNOWN, nowNanos, nowNanos, -1);
  }

  OutcomeRun with(PeerProbe.Result result, long sentAtNanos, long doneAtNanos) {
    boolean goesOn = result.outcome() == outcome;
    return new OutcomeRun(
        result.outcome(),
        goesOn ? sinceNanos : sentAtNanos,
        doneAtNanos,
        result.roundTripMicros() >= 0 ? result.roundTripMicros() : roundTripMicros);
  }

  /**
   * What is known at a later time: nothing, if the newest probe is too old to speak for the
   * present.
   */
  OutcomeRun seenAt(long nowNanos, Duration freshness) {
    return nowNanos - answeredAtNanos > freshness.toNanos() ? unknown(answeredAtNanos) : this;
  }

  long sinceMs(long nowNanos) {
    return Math.max(0, Duration.ofNanos(nowNanos - sinceNanos).toMillis());
  }
}
