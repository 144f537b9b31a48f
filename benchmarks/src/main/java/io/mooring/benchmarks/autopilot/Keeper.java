package io.mooring.benchmarks.autopilot;

import io.mooring.autopilot.decision.BrokerVolumes;
import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.stream.RecordReader;
import io.mooring.failoverdetector.retention.PodNames;
import io.mooring.failoverdetector.retention.RetentionWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Who keeps a volume from becoming full. */
interface Keeper {

  /**
   * Looks at the volume in a second of its trace.
   *
   * @return size that it asks for
   */
  OptionalLong look(int second, long capacityBytes, long usedBytes);

  /** A rule that asks once a minute, and forgets what it has seen. */
  record Poll(double threshold, double scalePercentage, long maxBytes, int phase)
      implements Keeper {

    static final int INTERVAL_SECONDS = 60;

    @Override
    public OptionalLong look(int second, long capacityBytes, long usedBytes) {
      boolean due = second % INTERVAL_SECONDS == phase;
      if (!due || usedBytes <= capacityBytes * threshold / 100 || capacityBytes >= maxBytes) {
        return OptionalLong.empty();
      }
      long grown = (long) (capacityBytes * (1 + scalePercentage / 100));
      return OptionalLong.of(Math.min(grown, maxBytes));
    }
  }

  /** Mooring's own decisions on a measurement every two seconds. */
  final class Mooring implements Keeper {

    static final int INTERVAL_SECONDS = 2;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
    private final BrokerVolumes brokers = new BrokerVolumes();
    private final RetentionWatch detector =
        new RetentionWatch("kafka", new PodNames(Optional.empty(), Optional.empty()));
    private final RuleBook rules;
    private final @Nullable KeptTrace kept;
    private WatchedVolume known;

    Mooring(RuleBook rules, long capacityBytes) {
      this(rules, capacityBytes, null);
    }

    /**
     * @param kept what a broker tells of the volume; null if none does
     */
    Mooring(RuleBook rules, long capacityBytes, @Nullable KeptTrace kept) {
      this.rules = rules;
      this.kept = kept;
      this.known = watch.described(null, facts(capacityBytes));
    }

    @Override
    public OptionalLong look(int second, long capacityBytes, long usedBytes) {
      if (second % INTERVAL_SECONDS != 0) {
        return OptionalLong.empty();
      }
      if (known.facts().sizeBytes() != capacityBytes) {
        known = watch.described(known, facts(capacityBytes));
      }
      UsageSample sample =
          new UsageSample(
              START.plusSeconds(second), capacityBytes, capacityBytes, usedBytes, 1, 1, -1);
      if (kept != null && second % KeptTrace.MINUTE == 0) {
        detector
            .onReading(
                kept.reading(second / KeptTrace.MINUTE, sample.at(), capacityBytes, usedBytes))
            .forEach(fact -> brokers.told(RecordReader.broker(fact)));
      }
      known = watch.limited(known, brokers.ceilingOf(known, sample));
      VolumeWatch.Decision decision = watch.measured(known, sample, rules);
      known = decision.after();
      return decision.outcomes().stream()
          .map(VolumeWatch.Outcome::effect)
          .filter(Effect.Resize.class::isInstance)
          .mapToLong(effect -> ((Effect.Resize) effect).order().toBytes())
          .findFirst();
    }

    private static VolumeFacts facts(long capacityBytes) {
      return new VolumeFacts(
          "v",
          "v",
          capacityBytes,
          Map.of(
              "app", "kafka",
              "csi.storage.k8s.io/pvc/namespace", "prod",
              "csi.storage.k8s.io/pvc/name", "data-kafka-0"));
    }
  }
}
