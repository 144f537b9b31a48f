package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.Conditions.Judgement;
import io.mooring.autopilot.rule.Verdict;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the autopilot knows about a volume, or about a pool, which is watched in the same way.
 *
 * @param claim what Kubernetes knows about it; null outside Kubernetes
 * @param tracks by name of the rule
 * @param extent null until it is measured
 * @param latest what may be forgotten
 */
public record WatchedVolume(
    VolumeFacts facts,
    @Nullable Claim claim,
    GrowthTrack growth,
    Map<String, RuleTrack> tracks,
    @Nullable Extent extent,
    Latest latest) {

  public WatchedVolume {
    // What is immutable already is not copied: a measurement rarely changes a track.
    tracks = Map.copyOf(tracks);
    // A store that an earlier version wrote has none.
    latest = Objects.requireNonNullElse(latest, Latest.NOTHING);
  }

  static WatchedVolume unmeasured(VolumeFacts facts) {
    return new WatchedVolume(facts, null, GrowthTrack.EMPTY, Map.of(), null, Latest.NOTHING);
  }

  /** The part that must survive a restart. */
  public WatchedVolume durable() {
    return with(Latest.NOTHING);
  }

  /** Whether there is nothing new that must survive a restart. */
  public boolean isDurablyEqualTo(WatchedVolume other) {
    return facts.equals(other.facts) && growth.equals(other.growth) && tracks.equals(other.tracks);
  }

  /** Last measurement; null if there is none. */
  public @Nullable UsageSample newest() {
    return latest.sample();
  }

  /** The newest answer to each query. */
  public Map<String, Answer> answers() {
    return latest.answers();
  }

  WatchedVolume withFacts(VolumeFacts newFacts) {
    return new WatchedVolume(newFacts, claim, growth, tracks, extent, latest);
  }

  WatchedVolume withTracks(Map<String, RuleTrack> newTracks) {
    return new WatchedVolume(facts, claim, growth, newTracks, extent, latest);
  }

  WatchedVolume withClaim(@Nullable Claim newClaim) {
    return new WatchedVolume(facts, newClaim, growth, tracks, extent, latest);
  }

  private WatchedVolume with(Latest newLatest) {
    return latest.equals(newLatest)
        ? this
        : new WatchedVolume(facts, claim, growth, tracks, extent, newLatest);
  }

  WatchedVolume answered(String query, Answer answer) {
    return with(latest.answered(query, answer));
  }

  WatchedVolume limited(@Nullable RetentionCeiling ceiling) {
    return Objects.equals(ceiling, latest.ceiling()) ? this : with(latest.limited(ceiling));
  }

  /** Whether a rule is about this volume, by the labels of the volume and of its claim. */
  public boolean isSelectedBy(AutopilotRule rule) {
    return facts.isSelectedBy(rule, claim);
  }

  /** The catalogue knows of growth before the node does, or the node before we heard of it. */
  long sizeBytes(UsageSample sample) {
    return Math.max(facts.sizeBytes(), sample.sizeBytes());
  }

  /**
   * What a rule's conditions come to. A node that has not heard of the volume's growth yet measures
   * it against its old size: that says nothing about the present.
   */
  Judgement judge(AutopilotRule rule, UsageSample sample) {
    Instant grownSince = extent == null ? null : extent.since();
    Judgement judgement =
        rule.conditions().judge(new MeasuredVolume(sample, latest.answers(), grownSince));
    return sample.capacityBytes() < facts.sizeBytes()
        ? new Judgement(Verdict.UNKNOWN, judgement.readings())
        : judgement;
  }

  /** How the volume will fill, as seen at a measurement. */
  Outlook outlook(UsageSample sample) {
    return new Outlook(growth.bytesPerSecond(sample), latest.ceiling());
  }

  WatchedVolume measured(UsageSample sample) {
    return new WatchedVolume(
        facts,
        claim,
        growth.observe(sample),
        tracks,
        Extent.after(extent, sample),
        latest.measured(sample));
  }
}
