package io.mooring.volumeagent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.testsupport.ControlPlane;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes states to a compacted topic as volume-manager would. */
final class StatePublisher<T extends SpecificRecord> implements AutoCloseable {

  private final ControlTopic topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Serializer<T> serializer;

  StatePublisher(ControlPlane controlPlane, ControlTopic topic, Class<T> type) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            controlPlane.clientConfig(), new ByteArraySerializer(), new ByteArraySerializer());
    this.serializer = controlPlane.serdes().serializer(topic, type);
  }

  /** Returns the attributes of the record when it is in the topic; null writes a tombstone. */
  EventHeaders send(String key, @Nullable T value, @Nullable EventHeaders cause)
      throws InterruptedException {
    String type = "io.mooring." + topic.valueType().getSimpleName();
    String source = "/mooring/volume-manager/test";
    EventHeaders attributes =
        cause == null
            ? EventHeaders.root(type, source, key)
            : EventHeaders.causedBy(cause, type, source, key);
    RecordHeaders headers = new RecordHeaders();
    attributes.writeTo(headers);
    String name = topic.topicName();
    byte[] bytes = value == null ? null : serializer.serialize(name, headers, value);
    try {
      producer.send(new ProducerRecord<>(name, null, key.getBytes(UTF_8), bytes, headers)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return attributes;
  }

  @Override
  public void close() {
    producer.close();
  }
}
