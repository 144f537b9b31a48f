package io.mooring.testsupport;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Everything that was committed to a control topic, read as a service would read it. */
public final class TopicLog<T extends SpecificRecord> implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);

  /** One record; the value is null if it is a tombstone. */
  public record Entry<T>(String key, @Nullable T value, EventHeaders headers) {}

  private final KafkaConsumer<String, T> consumer;
  private final List<Entry<T>> entries = new ArrayList<>();

  private TopicLog(KafkaConsumer<String, T> consumer) {
    this.consumer = consumer;
  }

  /** A log from the topic's first record on. */
  public static <T extends SpecificRecord> TopicLog<T> open(
      String bootstrapServers, ControlSerdes serdes, ControlTopic topic, Class<T> type) {
    KafkaConsumer<String, T> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            serdes.deserializer(topic, type));
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.topicName(), partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return new TopicLog<>(consumer);
  }

  /**
   * All records so far; fetches what is new. Meant to be called again and again by the test that
   * waits.
   */
  public List<Entry<T>> entries() {
    consumer
        .poll(POLL)
        .forEach(record ->
            entries.add(
                new Entry<>(record.key(), record.value(), EventHeaders.read(record.headers()))));
    return List.copyOf(entries);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
