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
    double growth = measured.bytesPerSecond();
    if (!sample.hasFileSystem() || growth <= 0) {
      return Optional.empty();
    }
    long freeBytes = Math.max(0, sample.fsSizeBytes() - sample.fsUsedBytes() + addedBytes);
    double millis = freeBytes / growth * MILLIS;
    return millis < Duration.between(sample.at(), permittedAt).toMillis()
        ? Optional.of(
            new Effect.WillFill(
                trigger, sample.at().plusMillis((long) millis), permittedAt, growth, sample))
        : Optional.empty();
  }
}
