package io.mooring.storage.replication;

/** Where the stream to a replica stands. */
sealed interface Connection {

  /** There is none; the next attempt is not due before {@code retryAt}. */
  record Down(long retryAt) implements Connection {}

  /** HELLO is on its way, with the membership of generation {@code told}. */
  record Connecting(StreamId stream, Generation told, long sizeBytes, long since)
      implements Connection {}

  /** The replica has promised this run and follows the stream. */
  final class Open implements Connection {
    private final StreamId stream;
    private final Generation welcomedAt;
    private final long openedAfter;
    private boolean lossy;
    private boolean unreadable;
    private long sizeBytes;
    private long sent;
    private long applied;
    private long flushSent;
    private long flushed;
    private long stableConfirmed;
    private long confirming;
    private int awaited;
    private long heardAt;
    private long pingedAt;
    private long progressAt;

    /**
     * Opens the connection.
     *
     * @param openedAfter newest change that was issued before the stream carried any
     */
    Open(Connecting from, ReplicaMessage.Welcome welcome, long openedAfter, long now) {
      this.stream = from.stream();
      this.welcomedAt = welcome.generation();
      this.lossy = welcome.lossy();
      this.unreadable = welcome.unreadable();
      this.openedAfter = openedAfter;
      this.sizeBytes = from.sizeBytes();
      this.heardAt = now;
      this.pingedAt = now;
      this.progressAt = now;
    }

    StreamId stream() {
      return stream;
    }

    /** Newest generation that the replica knew when it welcomed the head. */
    Generation welcomedAt() {
      return welcomedAt;
    }

    long openedAfter() {
      return openedAfter;
    }

    boolean isLossy() {
      return lossy;
    }

    boolean isUnreadable() {
      return unreadable;
    }

    /** True the first time: content of the replica could not be read. */
    boolean foundUnreadable() {
      boolean first = !unreadable;
      unreadable = true;
      return first;
    }

    void settled() {
      lossy = false;
    }

    long sizeBytes() {
      return sizeBytes;
    }

    void resized(long newSizeBytes) {
      sizeBytes = Math.max(sizeBytes, newSizeBytes);
    }

    void sentChange(long sequence, long now) {
      startProgressClock(now);
      sent = sequence;
    }

    long applied() {
      return applied;
    }

    void appliedUpTo(long sequence) {
      applied = Math.max(applied, sequence);
    }

    long flushSent() {
      return flushSent;
    }

    void sentFlush(long upTo, long now) {
      startProgressClock(now);
      flushSent = upTo;
    }

    long flushed() {
      return flushed;
    }

    void flushedUpTo(long sequence) {
      flushed = Math.max(flushed, sequence);
    }

    boolean isStableConfirmed(long sequence) {
      return stableConfirmed >= sequence;
    }

    /** True the first time: somebody has to tell the replica about this stable point. */
    boolean startConfirming(long sequence) {
      boolean first = confirming < sequence;
      confirming = sequence;
      return first;
    }

    void stableConfirmed(long sequence) {
      stableConfirmed = Math.max(stableConfirmed, sequence);
    }

    /** One more answer is due that is neither an acknowledgement nor a flush. */
    void await(long now) {
      startProgressClock(now);
      awaited++;
    }

    void awaitedArrived() {
      awaited--;
    }

    private void startProgressClock(long now) {
      if (!isWaiting()) {
        progressAt = now;
      }
    }

    /** True if the replica owes an answer. */
    boolean isWaiting() {
      return applied < sent || flushed < flushSent || awaited > 0;
    }

    boolean isStuck(long now, long limitNanos) {
      return isWaiting() && now - progressAt > limitNanos;
    }

    boolean isSilent(long now, long limitNanos) {
      return now - heardAt > limitNanos;
    }

    void heard(boolean progress, long now) {
      heardAt = now;
      if (progress) {
        progressAt = now;
      }
    }

    boolean isPingDue(long now, long intervalNanos) {
      return now - pingedAt >= intervalNanos;
    }

    void pinged(long now) {
      pingedAt = now;
    }

    /** The head itself stood still for a while: nobody else is to blame for that time. */
    void forgive(long nanos) {
      heardAt += nanos;
      progressAt += nanos;
    }
  }
}
