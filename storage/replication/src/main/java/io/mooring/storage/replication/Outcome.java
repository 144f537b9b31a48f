package io.mooring.storage.replication;

import java.util.List;

/** How a request ended. */
public sealed interface Outcome {
  Outcome DONE = new Done();

  record Done() implements Outcome {}

  /**
   * Nobody can say whether the write happened: every member was lost while it was under way. It was
   * not acknowledged; submit it again with the same payload, or fail it.
   */
  record Interrupted() implements Outcome {}

  /**
   * The snapshot exists.
   *
   * @param holders replicas that hold it, all with the same content
   */
  record Taken(long sizeBytes, List<ReplicaId> holders) implements Outcome {}

  /** The snapshot does not count, or writes could not be held. The volume is not affected. */
  record NotTaken(String why) implements Outcome {}

  record Failed(Cause cause) implements Outcome {}

  /** Why a request failed. */
  enum Cause {
    FENCED,
    CLOSED,
    UNFLUSHED_WRITES_LOST,
    /** No member of the in-sync set can read the range; everything else is served. */
    UNREADABLE
  }
}
