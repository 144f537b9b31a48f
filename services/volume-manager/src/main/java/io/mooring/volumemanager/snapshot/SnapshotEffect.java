package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.SnapshotKey;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.List;

/** What follows from an input besides the set itself. */
public sealed interface SnapshotEffect {

  /** Becomes an event; the cause is the record that led to it (I10). */
  record Announce(Fact fact, Cause cause) implements SnapshotEffect {}

  /**
   * A detached volume is to be given to a node.
   *
   * @param idempotencyKey same key, same request
   * @param expiresAt when the set needs it no longer
   */
  record AskForNode(SnapshotKey snapshot, String idempotencyKey, Instant expiresAt)
      implements SnapshotEffect {}

  /** What was decided or seen. */
  sealed interface Fact {

    record Started(List<VolumeId> volumes) implements Fact {}

    record Taken(List<VolumeId> volumes, long heldMsMax) implements Fact {}

    record Failed(String code, String reason) implements Fact {}

    record Deleted() implements Fact {}

    record Accepted(String idempotencyKey) implements Fact {}

    record Rejected(String idempotencyKey, Rejection rejection) implements Fact {}
  }
}
