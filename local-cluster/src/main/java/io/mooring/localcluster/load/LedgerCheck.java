package io.mooring.localcluster.load;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads everything back from the cluster and holds it against the ledger. */
public final class LedgerCheck {

  private static final Duration POLL = Duration.ofMillis(500);

  private LedgerCheck() {}

  /**
   * Reads the partitions to their present end.
   *
   * @throws IOException if the end is not reached within the limit, or the ledger cannot be read
   */
  public static LedgerVerdict run(
      String bootstrapServers, Ledger ledger, List<TopicPartition> partitions, Duration limit)
      throws IOException {
    Map<TopicPartition, Long> all = new HashMap<>();
    partitions.forEach(partition -> all.put(partition, Long.MAX_VALUE));
    return run(bootstrapServers, ledger, all, limit);
  }

  /**
   * The same for a cluster that must have only what was acknowledged below an offset of each
   * partition. What it has beyond it counts as not acknowledged.
   */
  public static LedgerVerdict run(
      String bootstrapServers, Ledger ledger, Map<TopicPartition, Long> below, Duration limit)
      throws IOException {
    Map<TopicPartition, PartitionAudit> audits = new HashMap<>();
    for (Map.Entry<TopicPartition, Long> partition : below.entrySet()) {
      audits.put(
          partition.getKey(),
          new PartitionAudit(
              ledger.entries(partition.getKey()).stream()
                  .filter(entry -> entry.offset() < partition.getValue())
                  .toList()));
    }
    try (Consumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
      consumer.assign(audits.keySet());
      consumer.seekToBeginning(audits.keySet());
      read(consumer, audits, limit);
    }
    return audits.values().stream()
        .map(PartitionAudit::end)
        .reduce(LedgerVerdict.NOTHING, LedgerVerdict::plus);
  }

  private static void read(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, PartitionAudit> audits, Duration limit)
      throws IOException {
    Map<TopicPartition, Long> ends = consumer.endOffsets(audits.keySet());
    Set<TopicPartition> open = new HashSet<>(audits.keySet());
    Instant deadline = Instant.now().plus(limit);
    while (true) {
      open.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
      if (open.isEmpty()) {
        return;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new IOException("the end of " + open + " was not reached within " + limit);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        PartitionAudit audit = audits.get(new TopicPartition(record.topic(), record.partition()));
        if (audit != null) {
          audit.read(record.offset(), record.value());
        }
      }
    }
  }

  private static Consumer<byte[], byte[]> consumer(String bootstrapServers) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "enable.auto.commit",
            "false",
            "fetch.max.bytes",
            16 << 20,
            "max.poll.records",
            10_000,
            "reconnect.backoff.max.ms",
            "500"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
