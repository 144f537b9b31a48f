package io.mooring.storage.replication;

import java.util.List;

/**
 * Where a head stands.
 *
 * <pre>
 *            start                 all members welcomed, equal
 *   Opening ────────────────────────────────────────────────────▶ Serving ◀──┐
 *      ▲  every member lost, one of them back                     │  │  │    │ catalogue answered
 *      └────────────── Suspended ◀────────────────────────────────┘  │  └──▶ Holding
 *                        every member lost                  close    ▼    a member lost
 *   any ── higher promise or epoch ──▶ Fenced                     Closed
 *   any ── unflushed writes lost ────▶ Closed
 * </pre>
 *
 * Requests of the client are accepted in every state: they wait until the head serves, and fail
 * once it is fenced or closed.
 */
public sealed interface HeadState {

  /** Whether the run has ended, for good. */
  default boolean isOver() {
    return this instanceof Fenced || this instanceof Closed;
  }

  /**
   * Streams to the members are opened and their contents made equal; nothing is acknowledged or
   * read.
   */
  record Opening() implements HeadState {}

  /** Every member is present: writes are acknowledged. */
  record Serving() implements HeadState {}

  /**
   * Members are lost and the catalogue has not yet taken them out of the set: nothing is
   * acknowledged (I3). Reads go on.
   */
  record Holding(List<ReplicaId> lost) implements HeadState {}

  /** No member can be reached; none is reported lost, since the last one is never given up. */
  record Suspended() implements HeadState {}

  /** A higher run exists; every request fails, for good (I2). */
  record Fenced(Reason reason) implements HeadState {
    /** How the head found out. */
    public enum Reason {
      REFUSED_BY_REPLICA,
      HIGHER_EPOCH_IN_CATALOGUE
    }
  }

  /** The run is over. */
  record Closed(Reason reason) implements HeadState {
    /** Why. */
    public enum Reason {
      REQUESTED,
      /**
       * Acknowledged writes that the client has not flushed are gone with the memory of every
       * member.
       */
      UNFLUSHED_WRITES_LOST
    }
  }
}
