package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.Conditions.Judgement;
import io.mooring.autopilot.rule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the autopilot knows about a volume, or about a pool, which is watched in the same way.
 *
 * @param claim what Kubernetes knows about it; null outside Kubernetes
 * @param tracks by name of the rule
 * @param extent null until it is measured
 * @param newest last measurement, and
 * @param answers the newest answer to each query; both may be forgotten, because the states do not
 *     depend on them
 */
public record WatchedVolume(
    VolumeFacts facts,
    @Nullable Claim claim,
    GrowthTrack growth,
    Map<String, RuleTrack> tracks,
    @Nullable Extent extent,
    @Nullable UsageSample newest,
    Map<String, Answer> answers) {

  /** An answer to a query that nobody asks any more is forgotten after this time. */
  private static final Duration ANSWERS_KEPT = Duration.ofHours(1);

  public WatchedVolume {
    // What is immutable already is not copied: a measurement rarely changes a track.
    tracks = Map.copyOf(tracks);
    // A store that an earlier version wrote has none.
    answers = Map.copyOf(Objects.requireNonNullElse(answers, Map.of()));
  }

  static WatchedVolume unmeasured(VolumeFacts facts) {
    return new WatchedVolume(facts, null, GrowthTrack.EMPTY, Map.of(), null, null, Map.of());
  }

  /** The part that must survive a restart. */
  public WatchedVolume durable() {
    return newest == null && answers.isEmpty()
        ? this
        : new WatchedVolume(facts, claim, growth, tracks, extent, null, Map.of());
  }

  /** Whether there is nothing new that must survive a restart. */
  public boolean isDurablyEqualTo(WatchedVolume other) {
    return facts.equals(other.facts) && growth.equals(other.growth) && tracks.equals(other.tracks);
  }

  WatchedVolume withFacts(VolumeFacts newFacts) {
    return new WatchedVolume(newFacts, claim, growth, tracks, extent, newest, answers);
  }

  WatchedVolume withTracks(Map<String, RuleTrack> newTracks) {
    return new WatchedVolume(facts, claim, growth, newTracks, extent, newest, answers);
  }

  WatchedVolume withClaim(@Nullable Claim newClaim) {
    return new WatchedVolume(facts, newClaim, growth, tracks, extent, newest, answers);
  }

  /** An answer that is not newer than the one that is known says nothing. */
  WatchedVolume answered(String query, Answer answer) {
    Answer before = answers.get(query);
    if (before != null && !answer.at().isAfter(before.at())) {
      return this;
    }
    Map<String, Answer> kept = new TreeMap<>(answers);
    kept.values().removeIf(old -> old.at().isBefore(answer.at().minus(ANSWERS_KEPT)));
    kept.put(query, answer);
    return new WatchedVolume(facts, claim, growth, tracks, extent, newest, kept);
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
    Judgement judgement = rule.conditions().judge(new MeasuredVolume(sample, answers, grownSince));
    return sample.capacityBytes() < facts.sizeBytes()
        ? new Judgement(Verdict.UNKNOWN, judgement.readings())
        : judgement;
  }

  WatchedVolume measured(UsageSample sample) {
    return new WatchedVolume(
        facts,
        claim,
        growth.observe(sample),
        tracks,
        Extent.after(extent, sample),
        sample,
        answers);
  }
}
