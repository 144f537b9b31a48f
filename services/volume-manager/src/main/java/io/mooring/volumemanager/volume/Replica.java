package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.time.Instant;

/**
 * One full copy of a volume.
 *
 * @param id identity within the volume
 * @param pool where it lies
 * @param role what it may be used for
 * @param since generation at which it took the role
 * @param sinceTime when it took the role
 * @param unusable its agent said that it cannot be opened; it will be replaced, not waited for
 */
public record Replica(
    ReplicaId id,
    PoolId pool,
    ReplicaRole role,
    Generation since,
    Instant sinceTime,
    boolean unusable) {

  public NodeId node() {
    return pool.node();
  }

  boolean isInSync() {
    return role == ReplicaRole.IN_SYNC;
  }

  Replica in(ReplicaRole newRole, Generation generation, Instant now) {
    return new Replica(id, pool, newRole, generation, now, unusable);
  }

  Replica markedUnusable() {
    return new Replica(id, pool, role, since, sinceTime, true);
  }
}
