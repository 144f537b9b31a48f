package io.mooring.volumemanager.volume;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody wants done with a volume. */
public sealed interface VolumeRequest {

  /** Parameters are unvalidated; the preferred node should hold one replica, if possible. */
  record Create(
      String name, long sizeBytes, Map<String, String> parameters, @Nullable NodeId preferredNode)
      implements VolumeRequest {

    public Create {
      parameters = Map.copyOf(parameters);
    }
  }

  record Delete() implements VolumeRequest {}

  record Publish(NodeId node) implements VolumeRequest {}

  /**
   * A null node means wherever the volume is; force fences instead of waiting for a clean close.
   */
  record Unpublish(@Nullable NodeId node, boolean force) implements VolumeRequest {}

  record Expand(long sizeBytes) implements VolumeRequest {}

  /** The node, if given, is the one to add to or to remove from. */
  record SetReplicaCount(int repl, @Nullable NodeId node) implements VolumeRequest {}

  /** Add a replica in a pool, and release another one once the new one is in sync. */
  record Move(ReplicaId replica, PoolId to) implements VolumeRequest {}

  /** Release the new replica of a move, unless it is in sync already. */
  record CancelMove() implements VolumeRequest {}
}
