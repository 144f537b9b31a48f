package io.mooring.localcluster.migration;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What Kafka had committed before the snapshots, as the migrator recorded it.
 *
 * @param readAt when, ISO 8601
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record KafkaCut(
    String clusterId, String readAt, List<Partition> partitions, List<GroupOffset> offsets) {

  /**
   * A partition.
   *
   * @param highWatermark offset of the first record that was not committed
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Partition(String topic, int partition, long highWatermark) {}

  /** How far a consumer group had come. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record GroupOffset(String group, String topic, int partition, long offset) {}

  /** The ends of the topics that people made, by partition. */
  Map<TopicPartition, Long> ends() {
    Map<TopicPartition, Long> ends = new TreeMap<>(Comparator.comparing(Object::toString));
    for (Partition each : partitions) {
      if (!each.topic().startsWith("__")) {
        ends.put(new TopicPartition(each.topic(), each.partition()), each.highWatermark());
      }
    }
    return ends;
  }

  /** Offsets of one group, by partition. */
  Map<TopicPartition, Long> offsetsOf(String group) {
    Map<TopicPartition, Long> known = new TreeMap<>(Comparator.comparing(Object::toString));
    for (GroupOffset each : offsets) {
      if (each.group().equals(group)) {
        known.put(new TopicPartition(each.topic(), each.partition()), each.offset());
      }
    }
    return known;
  }
}
