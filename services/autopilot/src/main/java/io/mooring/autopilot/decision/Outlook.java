package io.mooring.autopilot.decision;

import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How a volume will fill: at the observed growth, and not past what Kafka keeps of it.
 *
 * @param bytesPerSecond observed growth
 * @param ceiling null if it is not known what Kafka keeps
 */
public record Outlook(double bytesPerSecond, @Nullable RetentionCeiling ceiling) {

  private static final double MILLIS = 1000;

  /** Used bytes of a measured file system after a span, at the most. */
  double usedAfter(Duration span, UsageSample sample) {
    double growing = growing(span, sample);
    OptionalDouble kept = kept(span, sample);
    return kept.isPresent() ? Math.min(growing, kept.getAsDouble()) : growing;
  }

  private double growing(Duration span, UsageSample sample) {
    return sample.fsUsedBytes() + bytesPerSecond * (span.toMillis() / MILLIS);
  }

  private OptionalDouble kept(Duration span, UsageSample sample) {
    if (ceiling == null) {
      return OptionalDouble.empty();
    }
    OptionalDouble most = ceiling.usedMax(sample.at(), span, bytesPerSecond);
    return most.isPresent()
        ? OptionalDouble.of(Math.max(most.getAsDouble(), sample.fsUsedBytes()))
        : most;
  }
}
