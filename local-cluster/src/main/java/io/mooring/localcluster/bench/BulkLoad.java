package io.mooring.localcluster.bench;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills partitions with incompressible records as fast as the brokers take them. */
final class BulkLoad {

  private static final int RECORD_BYTES = 16 << 10;

  private BulkLoad() {}

  /** Adds the given bytes to a topic, evenly over its partitions; returns when acknowledged. */
  static void add(String bootstrapServers, String topic, int partitions, long bytes) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    byte[] chance = new byte[1 << 20];
    Random random = new Random(bytes);
    random.nextBytes(chance);
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "batch.size",
                1 << 20,
                "linger.ms",
                "20",
                "buffer.memory",
                64L << 20,
                "max.request.size",
                2 << 20,
                "delivery.timeout.ms",
                300_000),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (long sent = 0; sent < bytes && failure.get() == null; sent += RECORD_BYTES) {
        byte[] value = new byte[RECORD_BYTES];
        System.arraycopy(
            chance, random.nextInt(chance.length - RECORD_BYTES), value, 0, RECORD_BYTES);
        int partition = (int) (sent / RECORD_BYTES % partitions);
        producer.send(
            new ProducerRecord<>(topic, partition, null, value),
            (_, error) -> {
              if (error != null) {
                failure.compareAndSet(null, error);
              }
            });
      }
      producer.flush();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("loading " + topic + " failed", failure.get());
    }
  }
}
