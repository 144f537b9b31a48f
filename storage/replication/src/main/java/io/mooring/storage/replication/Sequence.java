package io.mooring.storage.replication;

/** Number of a change within a session, from 1. A replica sees them rise, with gaps. */
public record Sequence(long value) implements Comparable<Sequence> {
  public Sequence {
    Invariants.check(value >= 0, "Sequence must be at least 0: %s", value);
  }

  public Sequence next() {
    return new Sequence(value + 1);
  }

  @Override
  public int compareTo(Sequence other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
