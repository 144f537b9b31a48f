package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One input in, one decision out. See the package for what every decision keeps. */
public final class SnapshotDecider {

  /** How long an attempt may take; heads end a hold by themselves much earlier. */
  static final Duration ATTEMPT_MAX = Duration.ofSeconds(10);

  /** How long one can see why a set has failed. */
  static final Duration FAILED_KEPT = Duration.ofHours(1);

  /** After this time nobody waits for replicas to say that they have deleted a snapshot. */
  static final Duration REMOVAL_AWAITED = Duration.ofMinutes(10);

  private final SnapshotView view;
  private final CommandRules commands;
  private final ProgressRules progress;

  public SnapshotDecider(SnapshotView view) {
    this.view = view;
    this.commands = new CommandRules(view);
    this.progress = new ProgressRules(view);
  }

  /**
   * Decides.
   *
   * @param set the set before, null if there is none
   */
  public SnapshotDecision decide(
      SnapshotSetId id, @Nullable SnapshotSet set, SnapshotInput input, Instant now) {
    switch (input) {
      case SnapshotInput.Take take -> {
        SnapshotDraft draft = new SnapshotDraft(set, take.reference().cause(), now);
        commands.take(draft, id, set, take);
        return draft.finish();
      }
      case SnapshotInput.Delete delete -> {
        SnapshotDraft draft = new SnapshotDraft(set, delete.reference().cause(), now);
        commands.delete(draft, set, delete.reference());
        return settled(draft, set);
      }
      case SnapshotInput.Report report -> {
        SnapshotDraft draft = new SnapshotDraft(set, report.cause(), now);
        if (set != null) {
          progress.report(draft, report);
        }
        return settled(draft, set);
      }
      case SnapshotInput.TimePassed _ -> {
        if (set == null) {
          return new SnapshotDecision(null, List.of());
        }
        Cause origin = set.origin().cause();
        SnapshotDraft draft = new SnapshotDraft(set, origin, now);
        progress.timePassed(draft);
        return settled(draft, set);
      }
    }
  }

  /** A set that is being deleted ends when nobody can be expected to hold anything of it. */
  private SnapshotDecision settled(SnapshotDraft draft, @Nullable SnapshotSet before) {
    SnapshotDecision decision = draft.finish();
    if (before == null
        || decision.after() == null
        || !(draft.set().phase() instanceof SetPhase.Deleting deleting)) {
      return decision;
    }
    List<SetPhase.Left> left =
        deleting.left().stream()
            .filter(holder -> isAwaited(holder, draft.set(), draft.now()))
            .toList();
    if (left.isEmpty()) {
      draft.vanish();
      draft.announce(new SnapshotEffect.Fact.Deleted());
    } else if (left.size() < deleting.left().size()) {
      // What a tick finds out is no change that anybody must hear of: the time stays.
      draft.become(
          draft.set().in(new SetPhase.Deleting(deleting.takenAt(), left), draft.set().updatedAt()));
    }
    return draft.finish();
  }

  /** One that is away clears up when it returns. */
  private boolean isAwaited(SetPhase.Left left, SnapshotSet set, Instant now) {
    boolean there =
        view.volume(left.volume())
            .flatMap(volume -> volume.member(left.holder().replica()))
            .filter(member -> member.pool().node().equals(left.holder().node()))
            .isPresent();
    return there
        && !view.isDown(left.holder().node())
        && set.updatedAt().plus(REMOVAL_AWAITED).isAfter(now);
  }
}
