package io.mooring.localcluster.orchestrator;

/** What stays the same of a pod however often it is made again: its set and its number in it. */
public record PodIdentity(String set, int ordinal) {

  /** Name of the pod, e.g. {@code kafka-broker-0}. */
  public String name() {
    return set + "-" + ordinal;
  }

  /** Name of its volume, e.g. {@code data-kafka-broker-0}. */
  public String volumeName(VolumeClaim claim) {
    return claim.name() + "-" + name();
  }

  @Override
  public String toString() {
    return name();
  }
}
