package io.mooring.autopilot.decision;

import io.mooring.autopilot.decision.RuleInput.Measured;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a volume is full before its rule may resize it again. */
final class FillForecast {

  private static final double MILLIS = 1000;

  private FillForecast() {}

  /**
   * What to tell, if the volume fills in time.
   *
   * @param trigger trigger whose cool-down it is
   * @param permittedAt end of the cool-down
   * @param addedBytes growth that is on its way
   */
  static Optional<Effect.WillFill> before(
      Instant permittedAt, Trigger trigger, Measured measured, long addedBytes) {
    UsageSample sample = measured.sample();
    double growth = measured.outlook().bytesPerSecond();
    if (!sample.hasFileSystem() || growth <= 0) {
      return Optional.empty();
    }
    long roomBytes = sample.fsSizeBytes() + addedBytes;
    long freeBytes = Math.max(0, roomBytes - sample.fsUsedBytes());
    double millis = freeBytes / growth * MILLIS;
    Duration span = Duration.between(sample.at(), permittedAt);
    return millis < span.toMillis() && measured.outlook().usedAfter(span, sample) >= roomBytes
        ? Optional.of(
            new Effect.WillFill(
                trigger, sample.at().plusMillis((long) millis), permittedAt, growth, sample))
        : Optional.empty();
  }
}
