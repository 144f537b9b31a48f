package io.mooring.storage.replication;

import java.util.List;

/**
 * What a replica wants done. Persist effects of one replica take place in the order given; each is
 * answered by {@link ReplicaInput.Persisted} with its token.
 */
public sealed interface ReplicaEffect {

  record PersistSuperblock(ReplicaRecord.Superblock superblock, long token)
      implements ReplicaEffect {}

  /** Sets the bits of the regions from {@code first} to {@code last} in the activity map. */
  record ActivateRegions(int first, int last, long token) implements ReplicaEffect {}

  /** Clears bits of the activity map. */
  record DeactivateRegions(BlockSet regions, long token) implements ReplicaEffect {}

  /** Replaces pages of a dirty map; creates the map if there is none. */
  record PersistMap(ReplicaId absent, boolean full, List<BlockSet.Page> pages, long token)
      implements ReplicaEffect {}

  record DropMap(ReplicaId absent, long token) implements ReplicaEffect {}

  /** Grows the data and persists the superblock with the new size. */
  record Grow(ReplicaRecord.Superblock superblock, long token) implements ReplicaEffect {}

  /**
   * Keep the content as a snapshot: everything is applied and synced, and nothing is applied until
   * this is answered, by {@link ReplicaInput.Persisted} or {@link ReplicaInput.FreezeRefused}.
   */
  record Freeze(SnapshotId snapshot, long sizeBytes, long token) implements ReplicaEffect {}

  /**
   * Apply a change; answer {@link ReplicaInput.Applied}. Changes of one stream take effect in the
   * order given, except that the in-process stream may apply them side by side: there the head
   * never has two changes under way that overlap.
   */
  record Apply(StreamId stream, HeadMessage.Change change) implements ReplicaEffect {}

  /** Make everything applied so far durable; answer {@link ReplicaInput.Synced}. */
  record Sync(long token) implements ReplicaEffect {}

  /**
   * Answer a {@link HeadMessage.Read}, {@link HeadMessage.Digest} or query for allocated blocks
   * from the data, in any order; {@link ReplicaInput.ReadFailed} if the data cannot be read.
   */
  record Serve(StreamId stream, HeadMessage.Question question) implements ReplicaEffect {}

  record Reply(StreamId stream, ReplicaMessage message) implements ReplicaEffect {}

  /** Drop a stream after what was replied to it. */
  record CloseStream(StreamId stream) implements ReplicaEffect {}

  /** It is on record that content could not be read: whoever looks after replicas must hear it. */
  record Unreadable(String reason) implements ReplicaEffect {}

  /**
   * The promise is durable; when it came from the catalogue, the evidence that older heads are
   * fenced (I6).
   */
  record Promised(Promise promise) implements ReplicaEffect {}
}
