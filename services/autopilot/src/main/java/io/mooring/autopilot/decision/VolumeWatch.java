package io.mooring.autopilot.decision;

import io.mooring.autopilot.decision.RuleState.ActiveActionsInProgress;
import io.mooring.autopilot.decision.RuleState.Initializing;
import io.mooring.autopilot.rule.AutopilotRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One volume or pool under all rules that act on its kind. The heaviest rule is asked first, and
 * while one of them acts on the object, no other begins to.
 */
public final class VolumeWatch {

  private final Duration retryAfter;

  /**
   * @param retryAfter pause after a refused attempt
   */
  public VolumeWatch(Duration retryAfter) {
    this.retryAfter = retryAfter;
  }

  /** What is known afterwards, and what follows, in order. */
  public record Decision(WatchedVolume after, List<Outcome> outcomes) {
    public Decision {
      outcomes = List.copyOf(outcomes);
    }
  }

  /** An effect and the rule that it is an effect of. */
  public record Outcome(String rule, Effect effect) {}

  /** The volume exists, or something about it changed. */
  public WatchedVolume described(@Nullable WatchedVolume before, VolumeFacts facts) {
    return before == null ? WatchedVolume.unmeasured(facts) : before.withFacts(facts);
  }

  /** Kubernetes says which claim the volume belongs to, or that it belongs to none any more. */
  public WatchedVolume claimed(WatchedVolume before, @Nullable Claim claim) {
    return before.withClaim(claim);
  }

  /** A monitoring server answered a query; rules look at it with the next measurement. */
  public WatchedVolume queried(WatchedVolume before, String query, Answer answer) {
    return before.answered(query, answer);
  }

  /** What is known now of what Kafka keeps on the volume; null if nothing is. */
  public WatchedVolume limited(WatchedVolume before, @Nullable RetentionCeiling ceiling) {
    return before.limited(ceiling);
  }

  /** The volume was measured. A measurement that is not newer than the last one says nothing. */
  public Decision measured(WatchedVolume before, UsageSample sample, RuleBook rules) {
    UsageSample newest = before.newest();
    if (newest != null && !sample.at().isAfter(newest.at())) {
      return new Decision(before, List.of());
    }
    WatchedVolume volume = before.measured(sample);
    Pass pass = new Pass(volume);
    for (RuleBook.Entry entry : rules.entries()) {
      if (volume.isSelectedBy(entry.rule())) {
        pass.evaluate(entry, sample);
      } else {
        pass.deselect(entry, sample);
      }
    }
    pass.forgetRulesOutside(rules, sample);
    return pass.decision();
  }

  /** An answer to a command, or the news of growth; every rule finds out whether it is meant. */
  public Decision answered(WatchedVolume before, RuleInput answer, RuleBook rules) {
    Pass pass = new Pass(before);
    for (RuleBook.Entry entry : rules.entries()) {
      pass.pass(entry, answer);
    }
    return pass.decision();
  }

  /** A person decided about the action of one rule. */
  public Decision approved(
      WatchedVolume before, String rule, RuleInput.Approval approval, RuleBook rules) {
    Pass pass = new Pass(before);
    rules.named(rule).ifPresent(entry -> pass.pass(entry, approval));
    return pass.decision();
  }

  /** One input on its way through the rules of a volume. */
  private final class Pass {

    private final WatchedVolume volume;
    private final List<Outcome> outcomes = new ArrayList<>();

    /** Those of the volume, until one of them changes; most measurements change none. */
    private Map<String, RuleTrack> tracks;

    /** Rules that act on the volume now. */
    private int acting;

    Pass(WatchedVolume volume) {
      this.volume = volume;
      this.tracks = volume.tracks();
      for (RuleTrack track : tracks.values()) {
        acting += isActing(track) ? 1 : 0;
      }
    }

    private static boolean isActing(@Nullable RuleTrack track) {
      return track != null && track.state() instanceof ActiveActionsInProgress;
    }

    /** Null takes the rule's track away. */
    private void keep(String rule, @Nullable RuleTrack track) {
      RuleTrack before = tracks.get(rule);
      if (Objects.equals(before, track)) {
        return;
      }
      if (tracks == volume.tracks()) {
        tracks = new HashMap<>(tracks);
      }
      acting += (isActing(track) ? 1 : 0) - (isActing(before) ? 1 : 0);
      if (track == null) {
        tracks.remove(rule);
      } else {
        tracks.put(rule, track);
      }
    }

    void evaluate(RuleBook.Entry entry, UsageSample sample) {
      AutopilotRule rule = entry.rule();
      RuleTrack track = tracks.get(rule.name());
      if (track == null) {
        keep(rule.name(), new RuleTrack(entry.version(), new Initializing(Instant.EPOCH)));
      } else if (!track.version().equals(entry.version())) {
        RuleTrack underNewText = new RuleTrack(entry.version(), track.state());
        step(entry.rule(), underNewText, new RuleInput.RuleChanged(sample.at()));
      }
      pass(
          entry,
          new RuleInput.Measured(
              sample,
              volume.judge(rule, sample),
              volume.sizeBytes(sample),
              isAnotherActing(rule.name()),
              volume.outlook(sample)));
    }

    private boolean isAnotherActing(String rule) {
      return acting > (isActing(tracks.get(rule)) ? 1 : 0);
    }

    void deselect(RuleBook.Entry entry, UsageSample sample) {
      pass(entry, new RuleInput.NotSelected(sample));
    }

    /** A rule that was removed leaves nothing behind; what it began is not repeated by others. */
    void forgetRulesOutside(RuleBook rules, UsageSample sample) {
      List<String> gone = new ArrayList<>();
      for (String name : tracks.keySet()) {
        if (rules.named(name).isEmpty()) {
          gone.add(name);
        }
      }
      gone.sort(Comparator.naturalOrder());
      for (String name : gone) {
        RuleState last = Objects.requireNonNull(tracks.get(name)).state();
        keep(name, null);
        outcomes.add(
            new Outcome(
                name,
                new Effect.Moved(
                    last,
                    new Initializing(sample.at()),
                    Reason.NOT_SELECTED,
                    "The rule was removed",
                    null)));
      }
    }

    void pass(RuleBook.Entry entry, RuleInput input) {
      Optional.ofNullable(tracks.get(entry.rule().name()))
          .ifPresent(track -> step(entry.rule(), track, input));
    }

    private void step(AutopilotRule rule, RuleTrack track, RuleInput input) {
      RuleMachine.Step step =
          RuleMachine.step(rule, volume.facts().id(), retryAfter, track.state(), input);
      keep(rule.name(), new RuleTrack(track.version(), step.state()));
      step.effects().forEach(effect -> outcomes.add(new Outcome(rule.name(), effect)));
    }

    Decision decision() {
      return new Decision(tracks == volume.tracks() ? volume : volume.withTracks(tracks), outcomes);
    }
  }
}
