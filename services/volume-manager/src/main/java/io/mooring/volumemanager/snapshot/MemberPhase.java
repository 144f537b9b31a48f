package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.SnapshotSource.Holder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** State of one snapshot of a set. */
public sealed interface MemberPhase {

  /**
   * No head holds writes back yet.
   *
   * @param asks how often a node was wanted for a detached volume
   * @param askedAt when last, null if never
   */
  record Waiting(int asks, @Nullable Instant askedAt) implements MemberPhase {
    static final Waiting NEW = new Waiting(0, null);
  }

  /** The head of this epoch holds writes back. */
  record Held(long epoch) implements MemberPhase {}

  /**
   * Durable.
   *
   * @param epoch epoch of the head that took it
   * @param sizeBytes logical size then
   * @param holders replicas that hold it
   * @param heldMs for how long writes were held back
   */
  record Taken(long epoch, long sizeBytes, List<Holder> holders, long heldMs)
      implements MemberPhase {
    public Taken {
      holders = List.copyOf(holders);
    }
  }

  /** It came to nothing. */
  record Missed(String reason) implements MemberPhase {}
}
