package io.mooring.autopilot.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps out measurements that must not lead to anything: growing cannot be taken back, so it is
 * never done on a number that is old or cannot be true.
 *
 * @param ageMax how far a measurement may lie in the past, or in the future by clocks that differ
 */
public record SampleGate(Duration ageMax) {

  /** Why a measurement is not used. */
  public enum Refusal {
    STALE,
    FROM_THE_FUTURE,
    IMPOSSIBLE
  }

  public Optional<Refusal> refuse(UsageSample sample, Instant now) {
    if (sample.at().isBefore(now.minus(ageMax))) {
      return Optional.of(Refusal.STALE);
    }
    if (sample.at().isAfter(now.plus(ageMax))) {
      return Optional.of(Refusal.FROM_THE_FUTURE);
    }
    return isPossible(sample) ? Optional.empty() : Optional.of(Refusal.IMPOSSIBLE);
  }

  private static boolean isPossible(UsageSample sample) {
    return sample.capacityBytes() > 0
        && sample.fsSizeBytes() <= sample.capacityBytes()
        && sample.fsUsedBytes() <= sample.fsSizeBytes()
        && sample.inodesUsed() <= sample.inodesTotal();
  }
}
