package io.mooring.volumemanager.volume;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody wants done with a volume. */
public sealed interface VolumeRequest {

  /**
   * Parameters are unvalidated; the preferred node should hold one replica, if possible. With a
   * source, a size of 0 means that of the snapshot, and what the parameters leave open is as it is
   * with the volume of the snapshot. One that is filled for a purpose other than ordinary use is
   * half until that is done; one with a source is filled by a task.
   */
  record Create(
      String name,
      long sizeBytes,
      Map<String, String> parameters,
      @Nullable NodeId preferredNode,
      @Nullable Source source,
      Purpose filledFor)
      implements VolumeRequest {

    public Create {
      parameters = Map.copyOf(parameters);
    }

    /** A volume that is whole as it is, or is filled from its source. */
    public Create(
        String name,
        long sizeBytes,
        Map<String, String> parameters,
        @Nullable NodeId preferredNode,
        @Nullable Source source) {
      this(name, sizeBytes, parameters, preferredNode, source, Purpose.ORDINARY);
    }

    /** An empty volume. */
    public Create(
        String name,
        long sizeBytes,
        Map<String, String> parameters,
        @Nullable NodeId preferredNode) {
      this(name, sizeBytes, parameters, preferredNode, null);
    }
  }

  /** The snapshot that a volume begins with. */
  record Source(String setId, VolumeId volume) {}

  record Delete() implements VolumeRequest {}

  /**
   * With an epoch it is refused if somebody had the volume after that for anything but the purpose.
   * Who fills it writes all of its content anew, and says so when that is done.
   */
  record Publish(NodeId node, Purpose purpose, @Nullable Epoch untouchedSince, boolean fills)
      implements VolumeRequest {

    public Publish {
      if (fills && purpose.isOrdinary()) {
        throw new IllegalArgumentException("whoever fills a volume must say what for");
      }
    }

    /** An ordinary attach. */
    public Publish(NodeId node) {
      this(node, Purpose.ORDINARY, null, false);
    }
  }

  /**
   * A null node means wherever the volume is; force fences instead of waiting for a clean close. A
   * null purpose means whatever it is published for; otherwise only what was published for it ends.
   * With an epoch only the publication of that epoch ends, and all of the content was written under
   * it, durably.
   */
  record Unpublish(
      @Nullable NodeId node, boolean force, @Nullable Purpose purpose, @Nullable Epoch filled)
      implements VolumeRequest {

    public Unpublish {
      if (filled != null && (purpose == null || purpose.isOrdinary())) {
        throw new IllegalArgumentException("whoever has filled a volume must say what for");
      }
    }
  }

  record Expand(long sizeBytes) implements VolumeRequest {}

  /** The node, if given, is the one to add to or to remove from. */
  record SetReplicaCount(int repl, @Nullable NodeId node) implements VolumeRequest {}

  /** Add a replica in a pool, and release another one once the new one is in sync. */
  record Move(ReplicaId replica, PoolId to) implements VolumeRequest {}

  /** Release the new replica of a move, unless it is in sync already. */
  record CancelMove() implements VolumeRequest {}

  /** Make a detached volume what it was at one of its snapshots. */
  record Restore(String setId, String snapshotId) implements VolumeRequest {}

  /** Let a node take a snapshot of a detached volume, as a set demands. */
  record SnapshotDetached(String setId, String snapshotId) implements VolumeRequest {}
}
