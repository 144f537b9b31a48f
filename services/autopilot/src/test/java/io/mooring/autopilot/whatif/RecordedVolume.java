package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A volume that fills under rules, measured each minute, with what is recorded of it. */
final class RecordedVolume {

  static final long GIB = 1L << 30;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final String ID = "v1";

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
  private final List<Recorded> records = new ArrayList<>();
  private final List<Instant> moments = new ArrayList<>();
  private final TakenDecisions taken = new TakenDecisions();
  private final RuleBook rules;
  private WatchedVolume known;
  private Instant now = START;
  private long sizeBytes;

  RecordedVolume(long gib, RuleBook rules) {
    this.rules = rules;
    this.sizeBytes = gib * GIB;
    this.known = watch.described(null, facts());
    records.add(new Recorded.Described(now, facts()));
  }

  RecordedVolume fill(long... gib) {
    for (long used : gib) {
      now = now.plus(INTERVAL);
      moments.add(now);
      UsageSample sample = new UsageSample(now, sizeBytes, sizeBytes, used * GIB, 1000, 10, -1);
      records.add(new Recorded.Measured(now, ID, sample));
      VolumeWatch.Decision decision = watch.measured(known, sample, rules);
      known = decision.after();
      decision.outcomes().forEach(this::carryOut);
    }
    return this;
  }

  private void carryOut(VolumeWatch.Outcome outcome) {
    if (outcome.effect() instanceof Effect.Resize resize) {
      taken.add(
          new TakenResize(
              now.plusMillis(5),
              outcome.rule(),
              ID,
              known.facts().name(),
              resize.order().commandId(),
              resize.order().fromBytes(),
              resize.order().toBytes()));
      grow(resize.order().toBytes());
    }
  }

  private void grow(long bytes) {
    sizeBytes = bytes;
    known = watch.described(known, facts());
    records.add(new Recorded.Described(now.plusMillis(10), facts()));
  }

  RecordedVolume grownBySomebodyTo(long gib) {
    grow(gib * GIB);
    return this;
  }

  RecordedVolume after(Duration pause) {
    now = now.plus(pause);
    return this;
  }

  /** When a measurement was made. */
  Instant momentOf(int measurement) {
    return moments.get(measurement);
  }

  WhatIfReport replay(RuleBook changed) {
    return replay(changed, START);
  }

  WhatIfReport replay(RuleBook changed, Instant from) {
    return replay(changed, from, rules);
  }

  WhatIfReport replay(RuleBook changed, Instant from, RuleBook inUse) {
    Findings findings = new Findings(from, now.plusSeconds(1), taken);
    Replay.Plan plan =
        new Replay.Plan(
            from, inUse, changed, new SampleGate(Duration.ofSeconds(30)), Duration.ofSeconds(30));
    Replay replay = new Replay(plan, Map.of(), taken, findings);
    records.forEach(replay::take);
    findings.add(replay);
    return findings.report(changed);
  }

  private VolumeFacts facts() {
    return new VolumeFacts(ID, "data-kafka-0", sizeBytes, Map.of("app", "kafka"));
  }
}
