package io.mooring.schemas;

import com.microsoft.kiota.ApiException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one control topic and tells poison from trouble: a record that can never be read
 * is an outcome, a registry that cannot be reached now is an exception, because the same record may
 * be good in a moment.
 */
public final class RecordDecoder<T extends SpecificRecord> {

  private final ControlTopic topic;
  private final Class<T> type;
  private final Deserializer<T> deserializer;

  public RecordDecoder(ControlSerdes serdes, ControlTopic topic, Class<T> type) {
    this.topic = topic;
    this.type = type;
    this.deserializer = serdes.deserializer(topic, type);
  }

  /**
   * Reads a value.
   *
   * @throws ControlTopicException EVT-005 if the registry cannot be reached; the caller may try
   *     again
   */
  public Decoded<T> decode(Headers headers, byte @Nullable [] bytes) {
    if (bytes == null) {
      return topic.allowsTombstones()
          ? new Decoded.Tombstone<>()
          : new Decoded.Poison<>(
              "EVT-004", "Null value on a topic that is not compacted has no meaning.");
    }
    Object value;
    try {
      value = deserializer.deserialize(topic.topicName(), headers, bytes);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // Garbage that happens to begin like a record makes Avro read absurd lengths: hence the
      // errors.
      if (isRegistryOutage(e)) {
        throw outage(e);
      }
      return new Decoded.Poison<>("EVT-003", "Not a " + type.getSimpleName() + ": " + rootOf(e));
    }
    return type.isInstance(value)
        ? new Decoded.Value<>(type.cast(value))
        : new Decoded.Poison<>(
            "EVT-003", "Holds " + nameOf(value) + ", expected " + type.getSimpleName() + ".");
  }

  private static boolean isRegistryOutage(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ApiException api && api.getResponseStatusCode() != 0) {
        return api.getResponseStatusCode() >= 500;
      }
      if (t instanceof IOException || t instanceof TimeoutException) {
        return !(t instanceof java.io.EOFException);
      }
    }
    return false;
  }

  private ControlTopicException outage(Throwable e) {
    return new ControlTopicException(
        "EVT-005",
        "The schema of a record on "
            + topic.topicName()
            + " could not be fetched: "
            + rootOf(e)
            + ".",
        "The schema registry is down or unreachable.",
        "Restore the registry; reading goes on by itself.",
        e);
  }

  private static String nameOf(@Nullable Object value) {
    return value == null ? "nothing" : value.getClass().getSimpleName();
  }

  private static String rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
