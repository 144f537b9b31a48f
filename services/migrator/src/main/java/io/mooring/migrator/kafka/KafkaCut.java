package io.mooring.migrator.kafka;

import java.util.List;

/**
 * What was committed before the snapshots were taken: all of it must be in them, if the brokers'
 * file systems were flushed in between.
 *
 * @param readAt when it was read, by the migrator's clock
 */
public record KafkaCut(
    String clusterId, String readAt, List<Partition> partitions, List<GroupOffset> offsets) {

  /**
   * A partition.
   *
   * @param highWatermark offset of the first record that was not committed
   * @param leaderEpoch of its leader; -1 if it was not told
   */
  public record Partition(String topic, int partition, long highWatermark, int leaderEpoch) {}

  /** How far a consumer group had come. */
  public record GroupOffset(String group, String topic, int partition, long offset) {}

  public KafkaCut {
    partitions = List.copyOf(partitions);
    offsets = List.copyOf(offsets);
  }
}
