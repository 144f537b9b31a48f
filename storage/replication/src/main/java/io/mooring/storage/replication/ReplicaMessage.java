package io.mooring.storage.replication;

import java.util.Arrays;

/** What a replica answers to a head. The bytes of {@link Data} travel beside the message. */
public sealed interface ReplicaMessage {

  /** What a question of the head is answered with, whether the client's or its own. */
  sealed interface Answer extends ReplicaMessage {
    RequestId request();
  }

  /**
   * The promise is durable and nothing of an older stream can be applied any more.
   *
   * @param generation newest generation that the replica knows
   * @param lossy the replica may have lost changes that it had acknowledged and not flushed
   *     (machine crash, failed write-back), and has not been settled since: it must not be the
   *     source of a reconcile while an intact member exists
   * @param unreadable some of its content could not be read, perhaps in an earlier life: it serves
   *     only as long as no better member is there, and never comes back through resync
   */
  record Welcome(Generation generation, boolean lossy, boolean unreadable)
      implements ReplicaMessage {}

  /** The replica has promised a higher run: this head is fenced (I2). */
  record Refused(Promise promised) implements ReplicaMessage {}

  /** Every change of this stream up to {@code upTo} is applied. */
  record Applied(Sequence upTo) implements ReplicaMessage {}

  /**
   * One change is applied, others before it may not be. Only the in-process replica answers so,
   * because its writes run on several threads; {@link Applied} is as good where completions come in
   * order.
   */
  record AppliedOne(Sequence sequence) implements ReplicaMessage {}

  /** Every change of this stream up to {@code upTo} is durable. */
  record Flushed(Sequence upTo) implements ReplicaMessage {}

  /**
   * Answer to a query.
   *
   * @param exact false if the replica cannot tell and every allocated block has to be compared
   */
  record Blocks(RequestId request, BlockSet blocks, boolean exact) implements Answer {}

  /** One digest per block, in order. */
  record Digests(RequestId request, long[] digests) implements Answer {
    @Override
    public boolean equals(Object other) {
      return other instanceof Digests that
          && request.equals(that.request)
          && Arrays.equals(digests, that.digests);
    }

    @Override
    public int hashCode() {
      return 31 * request.hashCode() + Arrays.hashCode(digests);
    }

    @Override
    public String toString() {
      return "Digests[request=" + request + ", digests=" + Arrays.toString(digests) + "]";
    }
  }

  /** Answer to {@link HeadMessage.Snapshot}. */
  sealed interface Snapshotting extends ReplicaMessage {
    SnapshotId snapshot();
  }

  /** The content of that point of the stream is kept, durably. */
  record Frozen(SnapshotId snapshot) implements Snapshotting {}

  /** The replica cannot keep it; nothing else is affected. */
  record NotFrozen(SnapshotId snapshot, String reason) implements Snapshotting {}

  /**
   * Content has arrived; the engine keeps it under {@code request}.
   *
   * @param zeros all of it is zero, so a copy can be sent as {@link HeadMessage.Zero}
   */
  record Data(RequestId request, boolean zeros) implements Answer {}

  /**
   * The disk cannot give content that was asked for. The replica has noted durably that it is
   * unreadable; everything else of it goes on.
   */
  record Unreadable(RequestId request, String reason) implements Answer {}

  record Resized(long sizeBytes) implements ReplicaMessage {}

  /** Answer to a ping; repeats its stable point, which the replica has noted. */
  record Pong(Sequence stable) implements ReplicaMessage {}

  /** An operation failed; the replica closes the stream after this message. Never retried. */
  record Failed(String reason) implements ReplicaMessage {}
}
