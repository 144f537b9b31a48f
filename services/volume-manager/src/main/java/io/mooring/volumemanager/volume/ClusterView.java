package io.mooring.volumemanager.volume;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a decision must know about nodes and pools. Answers do not change during one decision, and
 * already contain the judgement that is being decided on. Not thread-safe.
 */
public interface ClusterView {

  /** Whether an agent ever registered this node. */
  boolean knows(NodeId node);

  /** Since when the node is judged down; empty while it is not. */
  Optional<Instant> downSince(NodeId node);

  /** Since when the pool's disk is judged sick; empty while it is not. */
  Optional<Instant> sickSince(PoolId pool);

  /** Chooses pools for new replicas. */
  PlacementOutcome place(PlacementRequest request);

  /** Why a replica in this pool cannot have this size, or empty if it can. */
  Optional<Rejection> refuseSize(PoolId pool, long sizeBytes);

  /** Why a replica of a volume cannot be moved to a pool, or empty if it can. */
  Optional<Rejection> refuseMove(Volume volume, Replica leaving, PoolId to);

  /** A complete snapshot of a volume; empty if the set has none, or is not complete. */
  Optional<SnapshotSource> snapshot(String setId, VolumeId volume);

  /** Whether a set that is taken or being taken has a snapshot of the volume. */
  boolean hasSnapshots(VolumeId volume);

  /** Whether a snapshot would be gone from the volume without these replicas. */
  boolean wouldLoseSnapshot(Volume volume, List<Replica> leaving);

  default boolean isDown(NodeId node) {
    return downSince(node).isPresent();
  }

  /** Since when nothing can be expected of a replica; empty while it may answer. */
  default Optional<Instant> unreachableSince(Replica replica) {
    return Stream.of(downSince(replica.node()), sickSince(replica.pool()))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  default boolean isUnreachable(Replica replica) {
    return unreachableSince(replica).isPresent();
  }
}
