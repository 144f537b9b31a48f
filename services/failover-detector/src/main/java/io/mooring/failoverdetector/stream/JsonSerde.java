package io.mooring.failoverdetector.stream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mooring.failoverdetector.brokers.BrokerStatus;
import io.mooring.failoverdetector.liveness.NodeStatus;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * JSON for the detector's own state. Nobody else reads it, so it needs no registered schema;
 * unknown fields are ignored, so that a rollback can read what a newer version wrote.
 */
final class JsonSerde {

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = NodeStatus.Alive.class, name = "alive"),
    @JsonSubTypes.Type(value = NodeStatus.Suspected.class, name = "suspected"),
    @JsonSubTypes.Type(value = NodeStatus.Down.class, name = "down")
  })
  private interface NamedNodeStatus {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = BrokerStatus.Serving.class, name = "serving"),
    @JsonSubTypes.Type(value = BrokerStatus.Down.class, name = "down")
  })
  private interface NamedBrokerStatus {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addMixIn(NodeStatus.class, NamedNodeStatus.class)
          .addMixIn(BrokerStatus.class, NamedBrokerStatus.class)
          .build();

  private JsonSerde() {}

  static <T> Serde<T> of(Class<T> type) {
    Serializer<T> serializer = (_, value) -> write(value);
    Deserializer<T> deserializer = (_, bytes) -> bytes == null ? null : read(bytes, type);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private static byte @Nullable [] write(@Nullable Object value) {
    try {
      return value == null ? null : MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new SerializationException("could not write " + value, e);
    }
  }

  private static <T> T read(byte[] bytes, Class<T> type) {
    try {
      return MAPPER.readValue(bytes, type);
    } catch (IOException e) {
      throw new SerializationException("could not read a stored " + type.getSimpleName(), e);
    }
  }
}
