package io.mooring.benchmarks.volume;

import io.mooring.storage.engine.HeadObserver;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;

/** Nothing is lost in a benchmark; if something is, the figures are void and this says why. */
final class FaultLog implements HeadObserver {

  @Override
  public void stateChanged(VolumeHead head, HeadState state) {
    System.err.println(state);
  }

  @Override
  public void replicaLost(
      VolumeHead head, ReplicaId replica, Generation seen, LossReason reason, String detail) {
    System.err.println("lost " + replica + ": " + reason + " " + detail);
  }

  @Override
  public void replicaCaughtUp(
      VolumeHead head,
      ReplicaId replica,
      Generation seen,
      ResyncStatistics statistics,
      long heldBytes) {
    System.err.println(replica + " caught up");
  }

  @Override
  public void recordFailed(VolumeHead head, String reason) {
    System.err.println(reason);
  }
}
