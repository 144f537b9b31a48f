package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.BrokerVolumes;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Recorded inputs on their way through other rules. Inputs of one volume come in the order in which
 * they were written. What was written before the plan's beginning only brings the states of the
 * rules in use to where they were.
 */
public final class Replay {

  /**
   * What is asked.
   *
   * @param from from here on the changed rules hold, those in use before
   * @param gate keeps out measurements that were old when they were written
   * @param retryAfter pause after a refused attempt
   */
  public record Plan(
      Instant from, RuleBook inUse, RuleBook changed, SampleGate gate, Duration retryAfter) {}

  /** Is told every decision from the plan's beginning on. */
  @FunctionalInterface
  public interface Sink {

    /**
     * A decision.
     *
     * @param asTaken whether it is a resize that was really asked for, in the same way
     */
    void decided(VolumeFacts volume, VolumeWatch.Outcome outcome, Instant at, boolean asTaken);
  }

  private final Plan plan;
  private final Map<String, VolumeFacts> firstFacts;
  private final TakenDecisions taken;
  private final Sink sink;
  private final Map<String, ReplayedVolume> volumes = new HashMap<>();
  private final Set<String> unknown = new TreeSet<>();
  private final VolumeWatch watch;
  private final ReplayedPools pools;
  private final BrokerVolumes brokers = new BrokerVolumes();
  private long measurements;
  private long refused;

  /**
   * @param firstFacts what was known of the volumes at first; those that are described later need
   *     not be there
   */
  public Replay(Plan plan, Map<String, VolumeFacts> firstFacts, TakenDecisions taken, Sink sink) {
    this.plan = plan;
    this.firstFacts = Map.copyOf(firstFacts);
    this.taken = taken;
    this.sink = sink;
    this.watch = new VolumeWatch(plan.retryAfter());
    this.pools = new ReplayedPools(plan, watch, taken, sink);
  }

  public void take(Recorded record) {
    if (record.isAboutPools()) {
      pools.take(record);
      return;
    }
    if (record instanceof Recorded.BrokerTold told) {
      brokers.told(told.broker());
      return;
    }
    ReplayedVolume volume = volumes.computeIfAbsent(record.volumeId(), this::begin);
    volume.at(record.writtenAt());
    switch (record) {
      case Recorded.Described described -> volume.described(described.facts());
      case Recorded.Expanded expanded -> volume.expanded(expanded.sizeBytes());
      case Recorded.Measured measured -> measured(volume, measured);
      case Recorded.Answered answered -> answered(volume, answered.answer());
      case Recorded.Approved approved -> volume.approved(approved.rule(), approved.approval());
      case Recorded.Labelled labelled -> volume.claimed(labelled.claim());
      case Recorded.Queried queried -> volume.queried(queried.query(), queried.answer());
      case Recorded.PoolsDescribed _, Recorded.PoolsAnswered _, Recorded.BrokerTold _ ->
          throw new IllegalStateException("not about one volume");
    }
  }

  private ReplayedVolume begin(String id) {
    return new ReplayedVolume(plan, watch, firstFacts.get(id), taken.resizes(id), sink);
  }

  private void measured(ReplayedVolume volume, Recorded.Measured measured) {
    boolean counts = !measured.writtenAt().isBefore(plan.from());
    if (!volume.isKnown()) {
      unknown.add(measured.volumeId());
    } else if (plan.gate().refuse(measured.sample(), measured.writtenAt()).isPresent()) {
      refused += counts ? 1 : 0;
    } else {
      measurements += counts ? 1 : 0;
      volume.measured(measured.sample(), brokers);
    }
  }

  private static void answered(ReplayedVolume volume, RuleInput answer) {
    if (volume.isFactOfReplay(answer)) {
      volume.answered(answer);
    }
  }

  /** Volumes that were measured since the plan's beginning. */
  Map<String, ReplayedVolume> volumes() {
    return volumes;
  }

  /** Pools that were described. */
  ReplayedPools pools() {
    return pools;
  }

  TakenDecisions taken() {
    return taken;
  }

  long measurements() {
    return measurements + pools.measurements();
  }

  long refused() {
    return refused + pools.refused();
  }

  /** Volumes that were measured and that the catalogue does not describe. */
  Set<String> unknown() {
    return unknown;
  }
}
