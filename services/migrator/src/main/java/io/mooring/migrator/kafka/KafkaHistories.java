package io.mooring.migrator.kafka;

import io.mooring.migrator.kafka.KafkaCut.Partition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Asks the leaders whether the records below an offset are those of the epoch in which they were
 * committed, as a consumer does that comes back. A partition that lost records and has got others
 * since is as long as before, and another one.
 */
final class KafkaHistories {

  private final String bootstrapServers;

  KafkaHistories(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** Partitions whose history parts from that of the cut below its end, and where. */
  Map<TopicPartition, Long> parting(Collection<Partition> partitions) throws IOException {
    Map<TopicPartition, Long> parting = new HashMap<>();
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "none",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<Partition> left = new ArrayList<>(partitions);
      while (!left.isEmpty()) {
        Map<TopicPartition, Long> found = firstParting(consumer, left);
        parting.putAll(found);
        left.removeIf(partition -> found.containsKey(partition.key()));
        if (found.isEmpty()) {
          break;
        }
      }
    } catch (KafkaException e) {
      throw KafkaReader.silent(bootstrapServers, e, e);
    }
    return parting;
  }

  /** Positions that are not the log's are told of one or more at a time. */
  private static Map<TopicPartition, Long> firstParting(
      KafkaConsumer<byte[], byte[]> consumer, List<Partition> partitions) {
    List<TopicPartition> keys = partitions.stream().map(Partition::key).toList();
    consumer.assign(keys);
    // A position is compared only if the leader's epoch is known when it is set.
    consumer.endOffsets(keys, KafkaReader.LIMIT);
    for (Partition partition : partitions) {
      consumer.seek(
          partition.key(),
          new OffsetAndMetadata(
              partition.highWatermark(), Optional.of(partition.leaderEpoch()), ""));
    }
    try {
      for (Partition partition : partitions) {
        consumer.position(partition.key(), KafkaReader.LIMIT);
      }
      return Map.of();
    } catch (LogTruncationException e) {
      Map<TopicPartition, Long> found = new HashMap<>();
      for (TopicPartition partition : e.offsetOutOfRangePartitions().keySet()) {
        OffsetAndMetadata parts = e.divergentOffsets().get(partition);
        found.put(partition, parts == null ? 0L : parts.offset());
      }
      return found;
    }
  }
}
