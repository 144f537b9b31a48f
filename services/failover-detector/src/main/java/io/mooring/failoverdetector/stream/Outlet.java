package io.mooring.failoverdetector.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.failoverdetector.brokers.BrokerJudgement;
import io.mooring.failoverdetector.liveness.Judgement;
import io.mooring.failoverdetector.liveness.Trace;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetters;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import java.time.Instant;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Writes events with their CloudEvents headers, and asks for the commit that makes them visible.
 */
final class Outlet {

  private final ProcessorContext<String, SpecificRecord> context;
  private final String source;
  private final DeadLetters deadLetters = new DeadLetters("failover-detector");

  Outlet(ProcessorContext<String, SpecificRecord> context, String source) {
    this.context = context;
    this.source = source;
  }

  void emit(Judgement judgement) {
    emit(
        ControlTopic.NODE_EVENTS,
        judgement.event().getNodeId(),
        judgement.event(),
        judgement.trace(),
        judgement.event().getAt());
  }

  void emit(BrokerJudgement judgement) {
    emit(
        ControlTopic.BROKER_EVENTS,
        judgement.key(),
        judgement.event(),
        judgement.trace(),
        judgement.event().getAt());
  }

  /** Under the time of writing: that is where a replay finds it among other records. */
  void emit(BrokerRetention retention, Instant now) {
    emit(
        ControlTopic.BROKER_RETENTION,
        retention.getClusterName() + "/" + retention.getBrokerId(),
        retention,
        new Trace(UUID.randomUUID(), UUID.randomUUID(), null),
        now);
  }

  void bury(
      Record<byte[], byte[]> record, RecordMetadata at, Decoded.Poison<?> poison, Instant now) {
    var origin = new DeadLetters.Origin(at.topic(), at.partition(), at.offset());
    UUID cause = EventHeaders.readIfValid(record.headers()).map(EventHeaders::id).orElse(null);
    emit(
        ControlTopic.DEAD_LETTERS,
        at.topic(),
        deadLetters.of(origin, record.key(), record.value(), poison, now),
        new Trace(UUID.randomUUID(), UUID.randomUUID(), cause),
        now);
  }

  private void emit(ControlTopic topic, String key, SpecificRecord value, Trace trace, Instant at) {
    RecordHeaders headers = new RecordHeaders();
    new EventHeaders(
            trace.eventId(),
            EventHeaders.typeOf(value),
            source,
            at,
            key,
            trace.correlationId(),
            trace.causationId())
        .writeTo(headers);
    context.forward(new Record<>(key, value, at.toEpochMilli(), headers), topic.topicName());
    context.commit();
  }

  static String text(byte @Nullable [] key) {
    return key == null ? "" : new String(key, UTF_8);
  }
}
