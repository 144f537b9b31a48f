package io.mooring.autopilot.stream;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.mooring.autopilot.decision.RuleState;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * JSON of the autopilot's own stores. Nobody else reads them, so they need no registered schema;
 * unknown fields are ignored, so that a way back can read what a newer version wrote.
 */
final class StoreJson {

  private static final JsonMapper MAPPER = mapper();

  private StoreJson() {}

  static <T> Serde<T> serde(Class<T> type) {
    return Serdes.serdeFrom(
        (_, value) -> value == null ? null : write(value),
        (_, bytes) -> bytes == null ? null : read(bytes, type));
  }

  private static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new SerializationException("cannot store " + value.getClass().getSimpleName(), e);
    }
  }

  private static <T> T read(byte[] bytes, Class<T> type) {
    try {
      return MAPPER.readValue(bytes, type);
    } catch (IOException e) {
      throw new SerializationException("a stored " + type.getSimpleName() + " is unreadable", e);
    }
  }

  private static JsonMapper mapper() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // Only the components of records count, not methods that look like getters.
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .addMixIn(RuleState.class, NamesItsState.class);
    for (Class<?> state : RuleState.class.getPermittedSubclasses()) {
      builder.registerSubtypes(new NamedType(state, state.getSimpleName()));
    }
    return builder.build();
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
  private interface NamesItsState {}
}
