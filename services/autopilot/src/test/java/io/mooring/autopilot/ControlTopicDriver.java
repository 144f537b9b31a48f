package io.mooring.autopilot;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes control topics as the other services do. */
public final class ControlTopicDriver implements AutoCloseable {

  private final ControlSerdes serdes;
  private final Producer<String, byte[]> producer;

  public ControlTopicDriver(String bootstrapServers, ControlSerdes serdes) {
    this.serdes = serdes;
    this.producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Writes a record and returns its envelope. */
  public EventHeaders send(ControlTopic topic, String key, SpecificRecord value) {
    return send(topic, null, key, value);
  }

  /** Writes a copy of a record to each partition. */
  public void sendToEach(ControlTopic topic, String key, SpecificRecord value) {
    for (int partition = 0; partition < topic.partitions(); partition++) {
      send(topic, partition, key, value);
    }
  }

  private EventHeaders send(
      ControlTopic topic, @Nullable Integer partition, String key, SpecificRecord value) {
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(value), "/mooring/test/1", key);
    ProducerRecord<String, byte[]> envelope =
        new ProducerRecord<>(topic.topicName(), null, key, null);
    headers.writeTo(envelope.headers());
    byte[] bytes = bytes(topic, value, envelope);
    try {
      producer
          .send(new ProducerRecord<>(topic.topicName(), partition, key, bytes, envelope.headers()))
          .get();
      return headers;
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not write " + topic.topicName(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @SuppressWarnings("unchecked")
  private <T extends SpecificRecord> byte[] bytes(
      ControlTopic topic, SpecificRecord value, ProducerRecord<?, ?> envelope) {
    Class<T> type = (Class<T>) topic.valueType();
    return serdes
        .serializer(topic, type)
        .serialize(topic.topicName(), envelope.headers(), type.cast(value));
  }

  @Override
  public void close() {
    producer.close();
  }
}
