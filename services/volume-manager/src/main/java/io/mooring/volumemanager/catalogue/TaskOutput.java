package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.EventHeaders;
import io.mooring.volumemanager.volume.Cause;
import java.time.Instant;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Where the decisions of one task are written to, each with the record that it follows from. */
record TaskOutput(ProcessorContext<String, SpecificRecord> context, String source) {

  Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }

  /**
   * Writes a record.
   *
   * @return it as the cause of what follows
   */
  Cause forward(String sink, String key, SpecificRecord value, Cause cause) {
    return forward(sink, key, value, EventHeaders.typeOf(value), cause);
  }

  /**
   * Writes a state, or the tombstone of one.
   *
   * @param type of the state, also if there is none any more
   */
  Cause forward(String sink, String key, @Nullable SpecificRecord value, String type, Cause cause) {
    UUID id = UUID.randomUUID();
    RecordHeaders headers = new RecordHeaders();
    new EventHeaders(id, type, source, now(), key, cause.correlationId(), cause.recordId())
        .writeTo(headers);
    context.forward(new Record<>(key, value, now().toEpochMilli(), headers), sink);
    return new Cause(id, cause.correlationId());
  }
}
