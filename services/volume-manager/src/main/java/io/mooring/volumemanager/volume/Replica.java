package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One full copy of a volume.
 *
 * @param id identity within the volume
 * @param pool where it lies
 * @param role what it may be used for
 * @param since generation at which it took the role
 * @param sinceTime when it took the role
 * @param unusable its agent said that it cannot be opened; it will be replaced, not waited for
 * @param replaces replica that is released once this one is in sync and redundancy is complete
 *     without that one: a move. Null if this is no move, or it is over
 */
public record Replica(
    ReplicaId id,
    PoolId pool,
    ReplicaRole role,
    Generation since,
    Instant sinceTime,
    boolean unusable,
    @Nullable ReplicaId replaces) {

  public NodeId node() {
    return pool.node();
  }

  boolean isInSync() {
    return role == ReplicaRole.IN_SYNC;
  }

  Replica in(ReplicaRole newRole, Generation generation, Instant now) {
    return new Replica(id, pool, newRole, generation, now, unusable, replaces);
  }

  boolean isMove() {
    return replaces != null;
  }

  Replica withoutMove() {
    return new Replica(id, pool, role, since, sinceTime, unusable, null);
  }

  Replica markedUnusable() {
    return new Replica(id, pool, role, since, sinceTime, true, replaces);
  }
}
