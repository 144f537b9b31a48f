package io.mooring.schemas;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Builds dead letters: the record that a service could not process, whole, with the reason. */
public final class DeadLetters {

  /** Where a record stood. */
  public record Origin(String topic, int partition, long offset) {}

  private final String service;

  /**
   * @param service name of the service that gives up
   */
  public DeadLetters(String service) {
    this.service = service;
  }

  public DeadLetter of(
      ConsumerRecord<byte[], byte[]> record, String code, String reason, Instant at) {
    return of(
        new Origin(record.topic(), record.partition(), record.offset()),
        record.key(),
        record.value(),
        new Decoded.Poison<>(code, reason),
        at);
  }

  public DeadLetter of(
      Origin origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Decoded.Poison<?> poison,
      Instant at) {
    return DeadLetter.newBuilder()
        .setTopic(origin.topic())
        .setPartition(origin.partition())
        .setOffset(origin.offset())
        .setKey(key == null ? null : ByteBuffer.wrap(key))
        .setValue(value == null ? null : ByteBuffer.wrap(value))
        .setCode(poison.code())
        .setReason(poison.reason())
        .setService(service)
        .setAt(at)
        .build();
  }
}
