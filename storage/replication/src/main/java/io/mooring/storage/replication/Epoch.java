package io.mooring.storage.replication;

/** Number of an attachment of a volume, given by the catalogue; 0 before the first. */
public record Epoch(long value) implements Comparable<Epoch> {
  public Epoch {
    Invariants.check(value >= 0, "Epoch must be at least 0: %s", value);
  }

  public Epoch next() {
    return new Epoch(value + 1);
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
