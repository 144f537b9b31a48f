package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision about a set in the making. */
final class SnapshotDraft {

  private final Instant now;
  private final Cause cause;
  private final List<SnapshotEffect> effects = new ArrayList<>();
  private @Nullable SnapshotSet set;

  SnapshotDraft(@Nullable SnapshotSet set, Cause cause, Instant now) {
    this.set = set;
    this.cause = cause;
    this.now = now;
  }

  Instant now() {
    return now;
  }

  Cause cause() {
    return cause;
  }

  SnapshotSet set() {
    if (set == null) {
      throw new IllegalStateException("there is no set to decide about");
    }
    return set;
  }

  void become(SnapshotSet next) {
    set = next;
  }

  /** Enters a phase. */
  void enter(SetPhase phase) {
    set = set().in(phase, now);
  }

  void vanish() {
    set = null;
  }

  void add(SnapshotEffect effect) {
    effects.add(effect);
  }

  void announce(SnapshotEffect.Fact fact) {
    effects.add(new SnapshotEffect.Announce(fact, cause));
  }

  void accept(SnapshotInput.Reference command) {
    announce(new SnapshotEffect.Fact.Accepted(command.idempotencyKey()));
  }

  void reject(SnapshotInput.Reference command, Rejection why) {
    announce(new SnapshotEffect.Fact.Rejected(command.idempotencyKey(), why));
  }

  SnapshotDecision finish() {
    return new SnapshotDecision(set, effects);
  }
}
