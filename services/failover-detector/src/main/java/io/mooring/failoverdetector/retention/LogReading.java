package io.mooring.failoverdetector.retention;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * One look at the logs of a cluster.
 *
 * @param at when sizes were asked for
 * @param topics retention by topic; a topic that is missing keeps everything
 * @param expiring by partition, how much of the log expires within a twelfth of its retention time,
 *     two twelfths and so on, as a share of its records; may end early or be missing
 */
public record LogReading(
    Instant at,
    List<Broker> brokers,
    Map<String, TopicRetention> topics,
    Map<TopicPartition, List<Double>> expiring) {

  /**
   * A broker that answered.
   *
   * @param host where it listens
   * @param checkMs interval at which it looks for what may be deleted
   */
  public record Broker(int id, String host, long checkMs, List<Directory> directories) {
    public Broker {
      directories = List.copyOf(directories);
    }
  }

  /**
   * One of its log directories.
   *
   * @param fsSizeBytes size of its file system
   * @param fsUsedBytes bytes of it that are not available
   */
  public record Directory(
      String path, long fsSizeBytes, long fsUsedBytes, Map<TopicPartition, Replica> replicas) {
    public Directory {
      replicas = Map.copyOf(replicas);
    }
  }

  /**
   * A log.
   *
   * @param arriving it is being moved here from another directory of the broker
   */
  public record Replica(long sizeBytes, boolean arriving) {}

  public LogReading {
    brokers = List.copyOf(brokers);
    topics = Map.copyOf(topics);
    expiring = Map.copyOf(expiring);
  }

  TopicRetention retention(TopicPartition partition) {
    return topics.getOrDefault(partition.topic(), TopicRetention.NONE);
  }
}
