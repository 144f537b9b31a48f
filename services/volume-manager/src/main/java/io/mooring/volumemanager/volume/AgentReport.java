package io.mooring.volumemanager.volume;

/** What an agent says about a volume. */
public sealed interface AgentReport {

  /** From a head: a member is gone, acknowledgements are held until the set is smaller (I3). */
  record ReplicaLost(ReplicaId replica, String reason) implements AgentReport {}

  /** From a head: the replica has everything, and the head already waits for it. */
  record ReplicaCaughtUp(ReplicaId replica, long bytesCopied, long bytesHeld)
      implements AgentReport {}

  /** From a replica's agent: it has durably promised the epoch. */
  record ReplicaFenced(ReplicaId replica, Epoch promised) implements AgentReport {}

  /** From a replica's agent: its files are gone. */
  record ReplicaRemoved(ReplicaId replica) implements AgentReport {}

  /** From a replica's agent: it cannot be opened. */
  record ReplicaUnusable(ReplicaId replica, String code, String reason) implements AgentReport {}

  record HeadServing() implements AgentReport {}

  record HeadAttached(String device) implements AgentReport {}

  /** The head was closed, every in-sync replica is flushed and equal. */
  record HeadDetached() implements AgentReport {}

  /** A head met a higher epoch and has stopped. Nothing follows from it here. */
  record HeadFenced(Epoch promised) implements AgentReport {}

  /** The work is done and flushed, and the head is closed. */
  record TaskDone(String taskId, long bytes) implements AgentReport {}

  /** The work cannot be done on this node; the head is closed. */
  record TaskFailed(String taskId, String code, String reason) implements AgentReport {}

  record VolumeGrown(long sizeBytes, long fsBytes) implements AgentReport {}

  /** The file system is visible to a pod. Nothing follows from it here. */
  record VolumeMounted(String path) implements AgentReport {}
}
