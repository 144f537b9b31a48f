package io.mooring.storage.replication;

/**
 * One ordered connection between head and replica; unique within the process that names it and
 * never reused.
 */
public record StreamId(long value) implements Comparable<StreamId> {
  public StreamId {
    Invariants.check(value >= 0, "StreamId must be at least 0: %s", value);
  }

  public StreamId next() {
    return new StreamId(value + 1);
  }

  @Override
  public int compareTo(StreamId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
