package io.mooring.migrator.control;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What the state topics say, for whoever compares it with something else: what was not read yet
 * would be taken for missing. Used by one thread.
 */
public final class CommittedState implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Admin admin;
  private final KafkaConsumer<String, byte[]> consumer;
  private final StateRecords records;
  private final StateView view = new StateView();
  private final List<TopicPartition> partitions =
      Stream.of(
              ControlTopic.MIGRATIONS,
              ControlTopic.MIGRATION_PAIRS,
              ControlTopic.MIGRATION_RULES,
              ControlTopic.MIGRATION_SCHEDULES)
          // Each of them has one partition.
          .map(topic -> new TopicPartition(topic.topicName(), 0))
          .toList();

  private CommittedState(
      Admin admin, KafkaConsumer<String, byte[]> consumer, StateRecords records) {
    this.admin = admin;
    this.consumer = consumer;
    this.records = records;
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * Connects lazily.
   *
   * @param kafka configuration of Kafka clients
   */
  public static CommittedState connect(Map<String, Object> kafka, ControlSerdes serdes) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "migrator-committed");
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new CommittedState(
        Admin.create(kafka),
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
        new StateRecords(serdes));
  }

  /**
   * All that was written before the call. What it returns is brought up to date by the next call.
   *
   * @throws IllegalStateException if the topics cannot be read to their ends in time
   */
  public StateView latest() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Map<TopicPartition, Long> ends = ends();
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey(), LIMIT) < end.getValue())) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the state topics could not be read to their ends");
      }
      consumer.poll(POLL).forEach(record -> records.read(record, view));
    }
    return view;
  }

  private Map<TopicPartition, Long> ends() {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    try {
      admin
          .listOffsets(asked)
          .all()
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .forEach((partition, end) -> ends.put(partition, end.offset()));
      return ends;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the ends of the state topics are not known", e);
    }
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
