package io.mooring.storage.replication;

/** Version of the in-sync set, given by the catalogue. */
public record Generation(long value) implements Comparable<Generation> {
  public Generation {
    Invariants.check(value >= 0, "Generation must be at least 0: %s", value);
  }

  public Generation next() {
    return new Generation(value + 1);
  }

  @Override
  public int compareTo(Generation other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
