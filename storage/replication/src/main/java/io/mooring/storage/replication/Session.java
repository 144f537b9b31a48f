package io.mooring.storage.replication;

/** Number of a run of the head within its epoch; 0 promises the epoch to no run in particular. */
public record Session(long value) implements Comparable<Session> {
  public Session {
    Invariants.check(value >= 0, "Session must be at least 0: %s", value);
  }

  public Session next() {
    return new Session(value + 1);
  }

  @Override
  public int compareTo(Session other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
