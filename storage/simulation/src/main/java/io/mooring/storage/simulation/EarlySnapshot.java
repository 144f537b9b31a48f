package io.mooring.storage.simulation;

import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.StreamId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A mutant's snapshot: replicas are asked before the head wants it, and what they answer is kept
 * until it does.
 */
final class EarlySnapshot {
  private final SnapshotId snapshot;
  private final Set<StreamId> asked = new HashSet<>();
  private final Map<StreamId, ReplicaMessage> answers = new HashMap<>();

  EarlySnapshot(SnapshotId snapshot) {
    this.snapshot = snapshot;
  }

  /** True if the message is an answer that nobody has asked for yet. */
  boolean keeps(StreamId stream, ReplicaMessage message) {
    boolean early =
        message instanceof ReplicaMessage.Frozen(SnapshotId id)
            && id.equals(snapshot)
            && !asked.contains(stream);
    if (early) {
      answers.put(stream, message);
    }
    return early;
  }

  List<ReplicaMessage> asked(StreamId stream) {
    asked.add(stream);
    ReplicaMessage answer = answers.remove(stream);
    return answer == null ? List.of() : List.of(answer);
  }
}
