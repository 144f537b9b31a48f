package io.mooring.storage.replication;

/** Identity of one copy of a volume; unique within the volume and never reused. */
public record ReplicaId(String value) implements Comparable<ReplicaId> {
  public ReplicaId {
    Invariants.check(!value.isBlank(), "ReplicaId must not be blank");
  }

  @Override
  public int compareTo(ReplicaId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
