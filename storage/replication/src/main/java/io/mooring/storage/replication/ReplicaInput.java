package io.mooring.storage.replication;

/** What happens to a replica. */
public sealed interface ReplicaInput {

  /** A message has arrived; the first of a stream is {@link HeadMessage.Hello}. */
  record Received(StreamId stream, HeadMessage message) implements ReplicaInput {}

  /** A stream has broken. Nothing arrives on it any more. */
  record StreamLost(StreamId stream) implements ReplicaInput {}

  /**
   * The catalogue has published an epoch of this volume: heads of lower ones must not write any
   * more (I2).
   */
  record EpochLearned(Epoch epoch) implements ReplicaInput {}

  /** The persist effect with this token is durable, and so are all before it. */
  record Persisted(long token) implements ReplicaInput {}

  /** The store has applied a change: reads see it. */
  record Applied(StreamId stream, Sequence sequence) implements ReplicaInput {}

  /**
   * The sync with this token has finished: everything applied before it was asked for is durable.
   */
  record Synced(long token) implements ReplicaInput {}

  /**
   * The store has failed an operation.
   *
   * @param unflushedLost the write-back of earlier changes failed (fdatasync returned an error):
   *     they may be gone
   */
  record StoreFailed(String reason, boolean unflushedLost) implements ReplicaInput {}

  /** Time has passed; due about once a second. */
  record Ticked() implements ReplicaInput {}
}
