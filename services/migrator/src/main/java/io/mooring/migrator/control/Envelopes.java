package io.mooring.migrator.control;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.smallrye.reactive.messaging.kafka.Record;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import java.util.EnumMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** Makes messages of records: bytes with a schema's id, and the attributes of a CloudEvent. */
final class Envelopes {

  private final Map<ControlTopic, Serializer<SpecificRecord>> serializers =
      new EnumMap<>(ControlTopic.class);
  private final ControlSerdes serdes;
  private final String source;

  /**
   * @param source CloudEvents source of the records
   */
  Envelopes(ControlSerdes serdes, String source) {
    this.serdes = serdes;
    this.source = source;
  }

  /**
   * A message for a topic.
   *
   * @param value null for a tombstone
   * @param cause what led to it; null at a root
   */
  Message<Record<String, byte[]>> of(
      ControlTopic topic,
      String key,
      @Nullable SpecificRecord value,
      @Nullable EventHeaders cause) {
    String type =
        value == null
            ? "io.mooring." + topic.valueType().getSimpleName()
            : EventHeaders.typeOf(value);
    RecordHeaders headers = new RecordHeaders();
    (cause == null
            ? EventHeaders.root(type, source, key)
            : EventHeaders.causedBy(cause, type, source, key))
        .writeTo(headers);
    byte @Nullable [] bytes =
        value == null ? null : serializer(topic).serialize(topic.topicName(), headers, value);
    return Message.of(Record.of(key, bytes))
        .addMetadata(
            OutgoingKafkaRecordMetadata.<String>builder()
                .withTopic(topic.topicName())
                .withKey(key)
                .withHeaders(headers)
                .build());
  }

  @SuppressWarnings("unchecked")
  private synchronized Serializer<SpecificRecord> serializer(ControlTopic topic) {
    return serializers.computeIfAbsent(
        topic, missing -> serdes.serializer(missing, (Class<SpecificRecord>) missing.valueType()));
  }
}
