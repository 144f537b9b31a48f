package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that can move a set. */
public sealed interface SnapshotInput {

  /**
   * What is needed to answer a command.
   *
   * @param expiresAt when the one who asked stops waiting, null for never
   */
  record Reference(
      Cause cause, String idempotencyKey, @Nullable Instant expiresAt, String requestedBy) {

    boolean isExpired(Instant now) {
      return expiresAt != null && now.isAfter(expiresAt);
    }
  }

  /** Take a snapshot of each volume, all at one moment, all or none. */
  record Take(Reference reference, String name, List<VolumeId> volumes, Map<String, String> labels)
      implements SnapshotInput {
    public Take {
      volumes = List.copyOf(volumes);
      labels = Map.copyOf(labels);
    }
  }

  /** Delete the set with all its snapshots. */
  record Delete(Reference reference) implements SnapshotInput {}

  /**
   * What an agent says about one snapshot.
   *
   * @param from reporting node
   */
  record Report(Cause cause, VolumeId volume, String snapshotId, NodeId from, Said said)
      implements SnapshotInput {}

  /** Nothing happened, but time went by. */
  record TimePassed() implements SnapshotInput {}

  /** What an agent can say. */
  sealed interface Said {

    /** The head of this epoch holds writes back. */
    record Held(long epoch) implements Said {}

    /** The snapshot is durable in these replicas. */
    record Taken(long epoch, long sizeBytes, List<ReplicaId> replicas, long heldMs)
        implements Said {
      public Taken {
        replicas = List.copyOf(replicas);
      }
    }

    /** The head could not take it, or holds no longer. */
    record Missed(String code, String reason) implements Said {}

    /** A replica holds it no longer. */
    record Removed(ReplicaId replica) implements Said {}
  }
}
