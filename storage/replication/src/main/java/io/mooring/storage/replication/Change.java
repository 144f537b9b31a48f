package io.mooring.storage.replication;

import org.jspecify.annotations.Nullable;

/** A change that has been sent and that some replica has not applied yet. */
final class Change {
  private final long sequence;
  private final @Nullable RequestId request;
  private @Nullable Claim claim;
  private final @Nullable Runnable whenApplied;
  private int sentTo;
  private int applied;
  private boolean acknowledged;

  /**
   * Makes a change.
   *
   * @param request to complete when the change is acknowledged; none for copies and for writes that
   *     a flush completes
   * @param claim to give back at the same time; none if the range is not claimed
   * @param whenApplied for copies
   */
  Change(
      long sequence,
      @Nullable RequestId request,
      @Nullable Claim claim,
      @Nullable Runnable whenApplied) {
    this.sequence = sequence;
    this.request = request;
    this.claim = claim;
    this.whenApplied = whenApplied;
  }

  long sequence() {
    return sequence;
  }

  @Nullable RequestId request() {
    return request;
  }

  @Nullable Claim takeClaim() {
    Claim taken = claim;
    claim = null;
    return taken;
  }

  @Nullable Runnable whenApplied() {
    return whenApplied;
  }

  void sentTo(int bit) {
    sentTo |= bit;
  }

  void applied(int bit) {
    applied |= bit;
  }

  /** The stream is gone, and with it the answer. */
  void forget(int bit) {
    sentTo &= ~bit;
    applied &= ~bit;
  }

  /** Replicas that got the change and have not applied it. */
  int outstanding() {
    return sentTo & ~applied;
  }

  boolean isAcknowledged() {
    return acknowledged;
  }

  void acknowledged() {
    acknowledged = true;
  }
}
