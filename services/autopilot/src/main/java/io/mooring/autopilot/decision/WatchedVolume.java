package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.Conditions.Judgement;
import io.mooring.autopilot.rule.Verdict;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the autopilot knows about a volume.
 *
 * @param tracks by name of the rule
 * @param newest last measurement; it may be forgotten, because the states do not depend on it
 */
public record WatchedVolume(
    VolumeFacts facts,
    GrowthTrack growth,
    SortedMap<String, RuleTrack> tracks,
    @Nullable UsageSample newest) {

  public WatchedVolume {
    tracks = Collections.unmodifiableSortedMap(new TreeMap<>(tracks));
  }

  static WatchedVolume unmeasured(VolumeFacts facts) {
    return new WatchedVolume(facts, GrowthTrack.EMPTY, new TreeMap<>(), null);
  }

  /** The part that must survive a restart. */
  public WatchedVolume durable() {
    return newest == null ? this : new WatchedVolume(facts, growth, tracks, null);
  }

  /** Whether there is nothing new that must survive a restart. */
  public boolean isDurablyEqualTo(WatchedVolume other) {
    return facts.equals(other.facts) && growth.equals(other.growth) && tracks.equals(other.tracks);
  }

  WatchedVolume withFacts(VolumeFacts newFacts) {
    return new WatchedVolume(newFacts, growth, tracks, newest);
  }

  WatchedVolume withTracks(SortedMap<String, RuleTrack> newTracks) {
    return new WatchedVolume(facts, growth, newTracks, newest);
  }

  /** The catalogue knows of growth before the node does, or the node before we heard of it. */
  long sizeBytes(UsageSample sample) {
    return Math.max(facts.sizeBytes(), sample.capacityBytes());
  }

  /**
   * What a rule's conditions come to. A node that has not heard of the volume's growth yet measures
   * it against its old size: that says nothing about the present.
   */
  Judgement judge(AutopilotRule rule, UsageSample sample) {
    Judgement judgement = rule.conditions().judge(sample);
    return sample.capacityBytes() < facts.sizeBytes()
        ? new Judgement(Verdict.UNKNOWN, judgement.readings())
        : judgement;
  }

  WatchedVolume measured(UsageSample sample) {
    return new WatchedVolume(facts, growth.observe(sample), tracks, sample);
  }
}
