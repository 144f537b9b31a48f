package io.mooring.storage.engine;

import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;

/**
 * What the catalogue has to hear of a head. Reports are repeated until a state of the volume
 * answers them. Called by the head's threads without a lock held; must not block, and may call the
 * head.
 */
public interface HeadObserver {

  void stateChanged(VolumeHead head, HeadState state);

  void replicaLost(
      VolumeHead head, ReplicaId replica, Generation generation, LossReason reason, String detail);

  /**
   * @param heldBytes bytes that the volume occupies on a replica; what was copied is to be compared
   *     with it
   */
  void replicaCaughtUp(
      VolumeHead head,
      ReplicaId replica,
      Generation generation,
      ResyncStatistics statistics,
      long heldBytes);

  /** The head's record cannot be written; the head waits, and tries again every second. */
  void recordFailed(VolumeHead head, String reason);
}
