package io.mooring.volumeagent.volumes;

/** One thing to do about a replica of this node. */
public sealed interface ReplicaStep {

  /** Which replica. */
  String replicaId();

  /** Make blank files. */
  record Create(String replicaId, String poolId, long sizeBytes) implements ReplicaStep {}

  /**
   * Promise an epoch durably. A promise that was given before is given again: volume-manager may
   * still wait for the evidence (I6).
   */
  record Promise(String replicaId, long epoch) implements ReplicaStep {}

  /** Delete the files, if there are any. */
  record Delete(String replicaId, boolean report) implements ReplicaStep {}

  /** Say that the replica is lost to this node. */
  record ReportUnusable(String replicaId, String code, String reason) implements ReplicaStep {}

  /** Keep the files although the state does not list them, and say so in the log. */
  record Keep(String replicaId, String reason) implements ReplicaStep {}
}
