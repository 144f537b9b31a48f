package io.mooring.volumemanager.volume;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision in the making; the rules write their parts into it one after the other. */
final class Draft {

  private final @Nullable Cause cause;
  private final Instant now;
  private final List<Announcement> announcements = new ArrayList<>();
  private @Nullable Volume volume;
  private boolean statePublished;

  /** A null cause means that only time went by: what follows continues the newest incident. */
  Draft(@Nullable Volume volume, @Nullable Cause cause, Instant now) {
    this.volume = volume;
    this.cause = cause != null || volume == null ? cause : volume.lastChange().cause();
    this.now = now;
  }

  Volume volume() {
    if (volume == null) {
      throw new IllegalStateException("there is no volume to decide about");
    }
    return volume;
  }

  boolean exists() {
    return volume != null;
  }

  Instant now() {
    return now;
  }

  Cause cause() {
    if (cause == null) {
      throw new IllegalStateException("nothing led to this decision");
    }
    return cause;
  }

  /** The volume changes in a way that others see. */
  void become(Volume next) {
    volume = next;
    statePublished = true;
  }

  /** The volume changes only in what the decider remembers. */
  void remember(Volume next) {
    volume = next;
  }

  /** The volume is gone. */
  void vanish() {
    volume = null;
    statePublished = true;
  }

  /** Somebody acted on an old state: tell the current one again. */
  void republish() {
    statePublished = true;
  }

  void announce(VolumeFact fact) {
    announcements.add(new Announcement(fact, cause(), null));
  }

  void answer(CommandReference command, VolumeFact fact) {
    announcements.add(new Announcement(fact, command.cause(), command.idempotencyKey()));
  }

  void accept(CommandReference command) {
    answer(command, new VolumeFact.Accepted(command.idempotencyKey()));
  }

  void reject(CommandReference command, Rejection rejection) {
    answer(command, new VolumeFact.Rejected(command.idempotencyKey(), rejection));
  }

  Decision finish() {
    Volume result = volume;
    if (statePublished && result != null) {
      result = result.changed(cause(), now);
    }
    return new Decision(result, statePublished, cause, announcements);
  }
}
