package io.mooring.migrator.kafka;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/**
 * What a cluster had committed at a moment. What was committed before snapshots were taken must all
 * be in them, if the brokers' file systems were flushed in between; except for what was deleted or
 * set back on purpose until then, which {@link #stillThereIn} takes away.
 *
 * @param readAt when it was read, by the migrator's clock
 * @param metadataEpoch of the leader of the metadata quorum; -1 if it was not told
 * @param metadataEnd offset behind the last committed record of the metadata; -1 if not told
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KafkaCut(
    String clusterId,
    String readAt,
    int metadataEpoch,
    long metadataEnd,
    List<Partition> partitions,
    List<GroupOffset> offsets) {

  /**
   * A partition.
   *
   * @param topicId tells a topic from a later one of its name
   * @param logStart offset of the first record that was not deleted
   * @param stableEnd offset of the first record that consumers of committed transactions do not get
   * @param highWatermark offset of the first record that was not committed; -1 if the partition had
   *     no leader who could tell
   * @param leaderEpoch of its leader; -1 if it was not told
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Partition(
      String topic,
      String topicId,
      int partition,
      long logStart,
      long stableEnd,
      long highWatermark,
      int leaderEpoch) {

    boolean isKnown() {
      return highWatermark >= 0;
    }

    TopicPartition key() {
      return new TopicPartition(topic, partition);
    }

    private boolean isSame(Partition other) {
      return Objects.equals(topicId, other.topicId);
    }

    private Partition stillThereIn(Partition later) {
      return later.isKnown()
          ? new Partition(
              topic,
              topicId,
              partition,
              Math.max(logStart, later.logStart),
              Math.min(stableEnd, later.stableEnd),
              Math.min(highWatermark, later.highWatermark),
              Math.min(leaderEpoch, later.leaderEpoch))
          : this;
    }
  }

  /** How far a consumer group had come. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record GroupOffset(String group, String topic, int partition, long offset) {

    private record Place(String group, String topic, int partition) {}

    private Place place() {
      return new Place(group, topic, partition);
    }
  }

  public KafkaCut {
    partitions = List.copyOf(partitions);
    offsets = List.copyOf(offsets);
  }

  Map<TopicPartition, Partition> byPartition() {
    Map<TopicPartition, Partition> found = new HashMap<>();
    partitions.forEach(partition -> found.put(partition.key(), partition));
    return found;
  }

  /**
   * What any moment between this one and a later one must have: topics, records and offsets of
   * groups that were deleted or set back meanwhile are not missed.
   */
  public KafkaCut stillThereIn(KafkaCut later) {
    Map<TopicPartition, Partition> there = later.byPartition();
    List<Partition> left = new ArrayList<>();
    for (Partition partition : partitions) {
      Partition after = there.get(partition.key());
      if (after != null && partition.isSame(after)) {
        left.add(partition.stillThereIn(after));
      }
    }
    Map<GroupOffset.Place, Long> positions = new HashMap<>();
    later.offsets.forEach(offset -> positions.put(offset.place(), offset.offset()));
    List<GroupOffset> kept = new ArrayList<>();
    for (GroupOffset offset : offsets) {
      Long after = positions.get(offset.place());
      if (after != null) {
        kept.add(
            new GroupOffset(
                offset.group(),
                offset.topic(),
                offset.partition(),
                Math.min(after, offset.offset())));
      }
    }
    return new KafkaCut(clusterId, readAt, metadataEpoch, metadataEnd, left, kept);
  }
}
