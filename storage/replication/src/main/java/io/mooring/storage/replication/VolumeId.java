package io.mooring.storage.replication;

/** Identity of a volume. */
public record VolumeId(String value) implements Comparable<VolumeId> {
  public VolumeId {
    Invariants.check(!value.isBlank(), "VolumeId must not be blank");
  }

  @Override
  public int compareTo(VolumeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
