package io.mooring.volumemanager.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What follows from one input.
 *
 * @param after the set afterwards, null if there is none
 * @param effects everything else, in order
 */
public record SnapshotDecision(@Nullable SnapshotSet after, List<SnapshotEffect> effects) {
  public SnapshotDecision {
    effects = List.copyOf(effects);
  }
}
