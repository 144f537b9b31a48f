package io.mooring.storage.engine;

import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;

/**
 * What the catalogue has to hear of the replicas of a node. Called by any thread; must not block.
 */
public interface NodeObserver extends ReplicaServerObserver {

  /** A replica has made a promise durable: heads below it cannot write to it any more (I2, I6). */
  default void promised(VolumeId volume, ReplicaId replica, Promise promise) {}

  /** A replica whose disk had failed was read anew and is served again. */
  default void reopened(VolumeId volume, ReplicaId replica) {}

  /**
   * Content of a replica could not be read, which is on record now: it goes on only as long as the
   * in-sync set cannot do without it.
   */
  default void unreadable(VolumeId volume, ReplicaId replica, String reason) {}

  /** A replica that is in a pool cannot be used. */
  default void unusable(VolumeId volume, ReplicaId replica, String code, String reason) {}
}
