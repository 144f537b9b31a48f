package io.mooring.migrator.control;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.RecordDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;

/** All migrations as they were committed, for whoever decides. */
final class MigrationTable implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(MigrationTable.class);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Admin admin;
  private final KafkaConsumer<String, byte[]> consumer;
  private final RecordDecoder<MigrationState> decoder;
  private final TopicPartition partition =
      new TopicPartition(ControlTopic.MIGRATIONS.topicName(), 0);
  private final Map<String, MigrationState> states = new HashMap<>();

  private MigrationTable(
      Admin admin, KafkaConsumer<String, byte[]> consumer, RecordDecoder<MigrationState> decoder) {
    this.admin = admin;
    this.consumer = consumer;
    this.decoder = decoder;
  }

  /**
   * Connects lazily.
   *
   * @param kafka configuration of Kafka clients
   */
  static MigrationTable connect(Map<String, Object> kafka, ControlSerdes serdes) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "migrator-table");
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    MigrationTable table =
        new MigrationTable(
            Admin.create(kafka),
            new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
            new RecordDecoder<>(serdes, ControlTopic.MIGRATIONS, MigrationState.class));
    table.consumer.assign(List.of(table.partition));
    table.consumer.seekToBeginning(List.of(table.partition));
    return table;
  }

  /**
   * All migrations, by name. Called by one thread. It is read to the end of what was written, not
   * of what is known to be committed: whatever lies before that was either committed or aborted
   * once the reading has come past it, also what the caller, or its predecessor, wrote last.
   *
   * @throws IllegalStateException if the topic cannot be read to its end in time
   */
  Map<String, MigrationState> latest() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    long end = end();
    while (consumer.position(partition) < end) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("mooring.migrations could not be read to its end");
      }
      consumer.poll(POLL).forEach(this::take);
    }
    return states;
  }

  private long end() {
    try {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .offset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the end of mooring.migrations is not known", e);
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<MigrationState>(MigrationState state) -> states.put(record.key(), state);
      case Decoded.Tombstone<MigrationState> _ -> states.remove(record.key());
      case Decoded.Poison<MigrationState> poison ->
          LOG.errorf(
              "A migration cannot be read and is as good as gone; migration=%s code=%s reason=%s",
              record.key(), poison.code(), poison.reason());
    }
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
