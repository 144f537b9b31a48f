package io.mooring.migrator.kubernetes.resources;

import io.mooring.migrator.outside.PairProbe;
import io.mooring.schemas.ClusterPairState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the other sides of pairs answered last. Each is asked again and again, in the background, so
 * that one that does not answer keeps nothing waiting.
 */
final class PairProbes {

  private static final Duration EVERY = Duration.ofSeconds(10);

  private final Map<String, Asked> asked = new ConcurrentHashMap<>();
  private final PairProbe probe;
  private final Clock clock;

  private record Asked(
      ClusterPairState pair, Instant at, boolean open, Optional<PairProbe.Outcome> outcome) {}

  PairProbes(PairProbe probe, Clock clock) {
    this.probe = probe;
    this.clock = clock;
  }

  /** The newest answer about just this pair; empty before there is one. */
  Optional<PairProbe.Outcome> of(ClusterPairState pair) {
    Asked last = asked.get(pair.getName());
    Optional<PairProbe.Outcome> outcome =
        last != null && last.pair().equals(pair) ? last.outcome() : Optional.empty();
    boolean due =
        last == null
            || !last.pair().equals(pair)
            || (!last.open() && !clock.instant().isBefore(last.at().plus(EVERY)));
    if (due) {
      asked.put(pair.getName(), new Asked(pair, clock.instant(), true, outcome));
      Thread.ofVirtual().name("probe-" + pair.getName()).start(() -> ask(pair));
    }
    return outcome;
  }

  private void ask(ClusterPairState pair) {
    Optional<PairProbe.Outcome> before =
        Optional.ofNullable(asked.get(pair.getName())).flatMap(Asked::outcome);
    Optional<PairProbe.Outcome> answer = before;
    try {
      answer = Optional.of(probe.look(pair));
    } finally {
      Asked answered = new Asked(pair, clock.instant(), false, answer);
      asked.computeIfPresent(
          pair.getName(), (_, newest) -> newest.pair().equals(pair) ? answered : newest);
    }
  }

  void keepOnly(Collection<String> names) {
    asked.keySet().retainAll(names);
  }
}
