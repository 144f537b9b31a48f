package io.mooring.volumemanager.volume;

import java.util.List;

/**
 * A complete snapshot, as those who read it must know it.
 *
 * @param key its names
 * @param sizeBytes logical size
 * @param spec specification of its volume, without labels
 * @param holders replicas that took it, and where they were then
 */
public record SnapshotSource(
    SnapshotKey key, long sizeBytes, VolumeSpec spec, List<Holder> holders) {

  /** A replica that holds the snapshot. */
  public record Holder(ReplicaId replica, NodeId node) {}

  public SnapshotSource {
    holders = List.copyOf(holders);
  }

  boolean isHeldBy(Replica replica) {
    return holders.contains(new Holder(replica.id(), replica.node()));
  }

  boolean isOn(NodeId node) {
    return holders.stream().anyMatch(holder -> holder.node().equals(node));
  }
}
