package io.mooring.benchmarks.volume;

import io.mooring.localcluster.load.FlogLines;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Log lines as fast as one broker takes them, until they are acknowledged and on disk: Kafka
 * acknowledges what is in memory, and a slow volume would only show once memory is full.
 */
final class IngestLoad {

  private static final int PARTITIONS = 4;
  private static final int LINES = 1 << 16;

  /** Made before, so that making them is not what is measured. */
  private final byte[][] lines = new byte[LINES][];

  IngestLoad() {
    FlogLines source = new FlogLines(new Random(1));
    for (int i = 0; i < LINES; i++) {
      lines[i] = source.line(i);
    }
  }

  /** Gives a broker that many bytes in a new topic; returns the seconds it took. */
  double run(IngestBroker broker, String topic, long bytes)
      throws IOException, InterruptedException {
    createTopic(broker, topic);
    try (Producer<byte[], byte[]> producer = producer(broker)) {
      awaitLeaders(producer, topic);
      long started = System.nanoTime();
      send(producer, topic, bytes);
      makeDurable(broker.logs(), topic);
      return (System.nanoTime() - started) / 1e9;
    } catch (InterruptException e) {
      throw new InterruptedException(e.getMessage());
    }
  }

  private static void createTopic(IngestBroker broker, String topic) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      NewTopic wanted =
          new NewTopic(topic, PARTITIONS, (short) 1).configs(Map.of("retention.ms", "-1"));
      admin.createTopics(List.of(wanted)).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("topic " + topic + " could not be created", e);
    }
  }

  private static Producer<byte[], byte[]> producer(IngestBroker broker) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "acks",
            "all",
            "batch.size",
            256 << 10,
            "linger.ms",
            "5",
            "buffer.memory",
            64L << 20),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /**
   * One record each: a partition that has no leader yet would throw a stream of them out of step.
   */
  private void awaitLeaders(Producer<byte[], byte[]> producer, String topic)
      throws InterruptedException {
    try {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        producer.send(new ProducerRecord<>(topic, partition, null, lines[0])).get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("topic " + topic + " takes no records", e);
    }
  }

  private void send(Producer<byte[], byte[]> producer, String topic, long bytes) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    long sent = 0;
    for (int i = 0; sent < bytes; i++) {
      byte[] line = lines[i % LINES];
      sent += line.length;
      producer.send(
          new ProducerRecord<>(topic, i % PARTITIONS, null, line),
          (_, error) -> {
            if (error != null) {
              failure.compareAndSet(null, error);
            }
          });
    }
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("the broker did not take all records", failure.get());
    }
  }

  private static void makeDurable(Path logs, String topic) throws IOException {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      try (Stream<Path> files = Files.list(logs.resolve(topic + "-" + partition))) {
        for (Path file : files.toList()) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(false);
          }
        }
      }
    }
  }
}
