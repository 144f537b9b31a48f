package io.mooring.storage.replication;

/** What happens to a replica. */
public sealed interface ReplicaInput {

  /**
   * First input, once. If memory was lost, the superblock that is persisted in answer must be
   * durable before the engine notes that the machine has been up since: otherwise a second restart
   * would hide the loss.
   */
  record Started() implements ReplicaInput {}

  /** A message has arrived; the first of a stream is {@link HeadMessage.Hello}. */
  record Received(StreamId stream, HeadMessage message) implements ReplicaInput {}

  /** A stream has broken. Nothing arrives on it any more. */
  record StreamLost(StreamId stream) implements ReplicaInput {}

  /** The store could not serve a question about the data: the disk does not give it back. */
  record ReadFailed(StreamId stream, HeadMessage.Question question, String reason)
      implements ReplicaInput {}

  /**
   * The catalogue has published an epoch of this volume: heads of lower ones must not write any
   * more (I2).
   */
  record EpochLearned(Epoch epoch) implements ReplicaInput {}

  /** The persist effect with this token is durable, and so are all before it. */
  record Persisted(long token) implements ReplicaInput {}

  /**
   * The {@link ReplicaEffect.Freeze} with this token cannot be done and has changed nothing; all
   * persist effects before it are durable.
   */
  record FreezeRefused(long token, String reason) implements ReplicaInput {}

  /** The store has applied a change: reads see it. */
  record Applied(StreamId stream, Sequence sequence) implements ReplicaInput {}

  /**
   * The sync with this token has finished: everything applied before it was asked for is durable.
   */
  record Synced(long token) implements ReplicaInput {}

  /** The store could not apply a change; none, part or all of it may be there. */
  record ApplyFailed(StreamId stream, Sequence sequence, String reason) implements ReplicaInput {}

  /**
   * The sync has failed: what was applied before it may be gone, whatever a later sync says. Never
   * retried: the engine opens the replica again as after a {@link
   * ReplicaRecord.Restart#MACHINE_CRASH}, without what the system has cached of its file.
   */
  record SyncFailed(long token, String reason) implements ReplicaInput {}

  /**
   * A persist effect has failed: the replica cannot promise anything any more and refuses service
   * until it is reopened.
   */
  record PersistFailed(long token, String reason) implements ReplicaInput {}

  /** Time has passed; due about once a second. */
  record Ticked() implements ReplicaInput {}
}
