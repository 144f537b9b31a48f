package io.mooring.storage.replication;

/**
 * Identity of one attempt to take a snapshot. Another attempt gets another id, so that what an
 * attempt that came to nothing has left behind is never taken for a snapshot.
 */
public record SnapshotId(String value) implements Comparable<SnapshotId> {
  private static final int CHARACTERS_MAX = 54;

  public SnapshotId {
    Invariants.check(
        value.length() <= CHARACTERS_MAX && value.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        "'%s' is no id of a snapshot: it must have 1 to %s letters, digits, dots, underscores or hyphens",
        value,
        CHARACTERS_MAX);
  }

  @Override
  public int compareTo(SnapshotId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
