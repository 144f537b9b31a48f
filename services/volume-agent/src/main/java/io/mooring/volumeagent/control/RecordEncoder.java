package io.mooring.volumeagent.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Turns values into records of the control topics, headers included. The first record of a topic
 * needs the schema registry; a registry that is away then makes {@link #encode} throw, and the
 * caller decides whether to try again.
 */
final class RecordEncoder {

  private final LazySerdes serdes;
  private final Map<ControlTopic, Serializer<SpecificRecord>> serializers =
      new ConcurrentHashMap<>();

  RecordEncoder(LazySerdes serdes) {
    this.serdes = serdes;
  }

  ProducerRecord<byte[], byte[]> encode(
      ControlTopic topic, String key, SpecificRecord value, EventHeaders attributes) {
    Serializer<SpecificRecord> serializer = serializers.computeIfAbsent(topic, this::serializer);
    Headers headers = new RecordHeaders();
    attributes.writeTo(headers);
    byte[] bytes;
    synchronized (serializer) {
      bytes = serializer.serialize(topic.topicName(), headers, value);
    }
    return new ProducerRecord<>(topic.topicName(), null, key.getBytes(UTF_8), bytes, headers);
  }

  @SuppressWarnings("unchecked")
  private Serializer<SpecificRecord> serializer(ControlTopic topic) {
    return serdes.get().serializer(topic, (Class<SpecificRecord>) topic.valueType());
  }
}
