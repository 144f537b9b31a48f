package io.mooring.storage.replication;

/**
 * Names a request and the payload that belongs to it. The engine chooses numbers from 0 for
 * requests of the client; the head numbers its own reads, queries and comparisons downwards from
 * -1, so the two never meet.
 */
public record RequestId(long value) {
  /** True if the head itself asks: the answer is for resync or reconcile, not for the client. */
  public boolean isInternal() {
    return value < 0;
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
