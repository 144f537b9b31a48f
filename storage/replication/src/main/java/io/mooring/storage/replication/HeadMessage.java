package io.mooring.storage.replication;

import java.util.List;

/**
 * What a head sends to a replica, in the order of one stream. Payload bytes are not part of a
 * message: {@link Write#payload} and {@link Copy#payload} say which bytes the engine has to put
 * into the frame.
 */
public sealed interface HeadMessage {

  /**
   * Opens a stream; always its first message. A replica that is smaller than {@code sizeBytes}
   * grows before it answers.
   */
  record Hello(
      VolumeId volume, ReplicaId replica, Promise promise, Membership membership, long sizeBytes)
      implements HeadMessage {}

  /**
   * A change of the replica's content. Its sequence is higher than that of every change before it
   * in the stream.
   */
  sealed interface Change extends HeadMessage {
    Sequence sequence();

    ByteRange range();

    /** Newest sequence up to which every member has flushed. */
    Sequence stable();
  }

  record Write(Sequence sequence, ByteRange range, Sequence stable, RequestId payload)
      implements Change {}

  /** Makes the range read as zeros; space may be given back. */
  record Zero(Sequence sequence, ByteRange range, Sequence stable) implements Change {}

  /** Brings one range of this replica to the content of another one (resync and reconcile). */
  record Copy(Sequence sequence, ByteRange range, Sequence stable, RequestId payload)
      implements Change {}

  /**
   * Everything up to {@code upTo} must become durable; answered by {@link ReplicaMessage.Flushed}.
   */
  record Flush(Sequence upTo, Sequence stable) implements HeadMessage {}

  /** The membership has changed, at this point of the stream. */
  record SetMembership(Membership membership) implements HeadMessage {}

  /**
   * This replica equals the members in every block that it suspected, and has flushed: it forgets
   * its suspects.
   */
  record Settled() implements HeadMessage {}

  /** Asks about the replica's content; answered by a {@link ReplicaMessage.Answer}. */
  sealed interface Question extends HeadMessage {
    RequestId request();
  }

  /** Asks for blocks within {@code window}; answered by {@link ReplicaMessage.Blocks}. */
  record Query(RequestId request, Subject subject, ByteRange window) implements Question {}

  /** Asks for one digest per block of the range; answered by {@link ReplicaMessage.Digests}. */
  record Digest(RequestId request, ByteRange range) implements Question {}

  /** Asks for content; answered by {@link ReplicaMessage.Data}. */
  record Read(RequestId request, ByteRange range) implements Question {}

  /** The volume grows; answered by {@link ReplicaMessage.Resized}. */
  record Resize(long sizeBytes) implements HeadMessage {}

  /**
   * Keep the content as it is at this point of the stream, durably; answered by {@link
   * ReplicaMessage.Frozen} or {@link ReplicaMessage.NotFrozen}. Later changes wait for that.
   */
  record Snapshot(SnapshotId snapshot, long sizeBytes) implements HeadMessage {}

  /** Answered by {@link ReplicaMessage.Pong} from the thread that reads the stream. */
  record Ping(Sequence stable) implements HeadMessage {}

  /** What a {@link Query} is about. */
  sealed interface Subject {
    /**
     * Blocks written since the last stable point: what this replica cannot be sure to share with
     * others.
     */
    record Suspects() implements Subject {}

    /** Blocks that an absent replica lacks. */
    record Dirty(ReplicaId absent) implements Subject {}

    /** Blocks that may read as something else than zeros. */
    record Allocated() implements Subject {}
  }

  /**
   * The in-sync set of a generation and the replicas outside it, both sorted.
   *
   * @param inSync members of the catalogue's in-sync set
   * @param absent listed replicas outside it (stale or joining), also while they are being resynced
   */
  record Membership(Generation generation, List<ReplicaId> inSync, List<ReplicaId> absent) {
    public Membership {
      inSync = inSync.stream().sorted().toList();
      absent = absent.stream().sorted().toList();
      for (ReplicaId replica : inSync) {
        Invariants.check(
            !absent.contains(replica), "%s is in sync and absent in %s", replica, generation);
      }
    }

    public boolean isInSync(ReplicaId replica) {
      return inSync.contains(replica);
    }
  }
}
