package io.mooring.volumemanager.volume;

import java.util.List;

/** What was decided or seen; each becomes an event. */
public sealed interface VolumeFact {

  record Created(String name, long sizeBytes, List<NodeId> nodes) implements VolumeFact {}

  record Deleted() implements VolumeFact {}

  record Published(NodeId node, Purpose purpose) implements VolumeFact {

    /** What was stored before purposes were kept is ordinary. */
    public Published {
      purpose = purpose == null ? Purpose.ORDINARY : purpose;
    }
  }

  /** The evidence says why it was safe (I6). */
  record Detached(NodeId node, boolean fenced, List<String> evidence) implements VolumeFact {}

  record FencingStarted(NodeId node, String reason) implements VolumeFact {}

  record Degraded(ReplicaId replica, NodeId node, String reason, List<String> inSync)
      implements VolumeFact {}

  record Healthy(List<String> inSync, long bytesCopied, long bytesHeld) implements VolumeFact {}

  record ReplicaPlaced(ReplicaId replica, NodeId node, String reason) implements VolumeFact {}

  record ReplicaRetired(ReplicaId replica, NodeId node, String reason) implements VolumeFact {}

  record Attached(NodeId node, String device) implements VolumeFact {}

  record Expanded(long sizeBytes, long oldSizeBytes) implements VolumeFact {}

  record Resized(long sizeBytes, long fsBytes) implements VolumeFact {}

  record Unavailable(String reason) implements VolumeFact {}

  /**
   * Work with a head of its own has ended, or was given up; given up, a restore or a fill leaves a
   * mixture behind. Told in the events of snapshots.
   */
  record TaskEnded(HeadTask task, boolean done, long bytes, String reason) implements VolumeFact {}

  record Accepted(String idempotencyKey) implements VolumeFact {}

  record Rejected(String idempotencyKey, Rejection rejection) implements VolumeFact {}
}
