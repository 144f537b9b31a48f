package io.mooring.volumemanager.volume;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What follows from one input.
 *
 * @param after the volume afterwards, null if there is none
 * @param statePublished the state (or its absence) is written to the state topic
 * @param stateCause what the written state names as its cause
 * @param announcements events, in order
 */
public record Decision(
    @Nullable Volume after,
    boolean statePublished,
    @Nullable Cause stateCause,
    List<Announcement> announcements) {

  public Decision {
    announcements = List.copyOf(announcements);
  }

  public Optional<Volume> volume() {
    return Optional.ofNullable(after);
  }
}
