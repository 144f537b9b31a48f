package io.mooring.volumemanager.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.DeadLetters;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes dead letters of records that cannot be read, and counts them. */
final class PoisonRecords {

  private static final Logger LOG = Logger.getLogger(PoisonRecords.class);

  private final DeadLetters letters = new DeadLetters("volume-manager");
  private final String source;
  private final CatalogueMetrics metrics;

  PoisonRecords(String source, CatalogueMetrics metrics) {
    this.source = source;
    this.metrics = metrics;
  }

  Record<String, SpecificRecord> letterFor(
      Record<String, byte[]> record, RecordMetadata origin, Decoded.Poison<?> reason) {
    LOG.warnf(
        "A record was set aside: topic=%s partition=%d offset=%d code=%s reason=%s",
        origin.topic(), origin.partition(), origin.offset(), reason.code(), reason.reason());
    metrics.deadLetter(origin.topic(), reason.code());
    DeadLetter letter =
        letters.of(
            new DeadLetters.Origin(origin.topic(), origin.partition(), origin.offset()),
            bytes(record.key()),
            record.value(),
            reason,
            Instant.now());
    RecordHeaders headers = new RecordHeaders();
    EventHeaders.readIfValid(record.headers())
        .map(cause ->
            EventHeaders.causedBy(cause, EventHeaders.typeOf(letter), source, origin.topic()))
        .orElseGet(() -> EventHeaders.root(EventHeaders.typeOf(letter), source, origin.topic()))
        .writeTo(headers);
    return new Record<>(origin.topic(), letter, Instant.now().toEpochMilli(), headers);
  }

  private static byte @Nullable [] bytes(@Nullable String key) {
    return key == null ? null : key.getBytes(UTF_8);
  }
}
