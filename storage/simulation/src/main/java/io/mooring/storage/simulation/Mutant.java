package io.mooring.storage.simulation;

/**
 * Deliberately wrong variants of the protocol. Each bends what one side sees or does at the border
 * between core and engine, so production code has no switches for them. The simulation must catch
 * every one: that is how it is tested itself.
 */
public enum Mutant {
  /** The protocol as it is. */
  NONE,
  /** A replica welcomes heads of lower promises (I2). */
  NO_PROMISE_CHECK,
  /** One replica's acknowledgement counts for all (I1). */
  ACKNOWLEDGE_BEFORE_ALL,
  /** A head drops a lost member without the catalogue's answer (I3). */
  SHRINK_WITHOUT_CATALOGUE,
  /** A dirty map misses a block (I1). */
  DIRTY_BLOCK_MISSED,
  /** Members hear of a stable point that a lost one has not flushed (I1). */
  STABLE_TOO_EARLY,
  /** The acknowledgements of a replica that joins are taken for granted (I1). */
  JOINER_NOT_AWAITED,
  /** A region is changed before its activity bit is durable (I1). */
  ACTIVITY_NOT_DURABLE,
  /** A replica that was away is taken in without a resync (I4). */
  STALE_REPLICA_SERVES,
  /** The members are not compared before the head serves: reads go back in time. */
  NO_RECONCILE,
  /** A write slips between the reading of a copy and the copy (I1). */
  COPY_WITHOUT_LOCK,
  /** A member that has lost its memory does not say so (I1). */
  LOSS_HIDDEN,
  /** A restarted head does not know what the run before has done (I4). */
  RECORD_NOT_DURABLE,
  /** A flush is answered before the disk has finished it (I1). */
  FLUSH_NOT_AWAITED,
  /** A replica that cannot be read counts as lost for a moment, and is resynced (I4). */
  UNREADABLE_TAKEN_BACK,
  /** A replica does not keep on record that it cannot be read (I4). */
  UNREADABLE_FORGOTTEN,
  /** A snapshot is taken while changes are under way: its holders differ. */
  FREEZE_WITHOUT_WAITING,
  /** A replica says that it holds a snapshot before the content is durable. */
  FREEZE_NOT_FLUSHED,
  /** A resync writes into a layer that belongs to a snapshot. */
  COPY_INTO_SNAPSHOT,
  /** A trim gives back space above a snapshot's data, which show through (I1). */
  TRIM_SHOWS_OLDER,
  /** A merge copies over what is newer (I1). */
  MERGE_OVERWRITES,
  /** A snapshot of a group is taken although its hold has ended. */
  HOLD_NOT_KEPT
}
