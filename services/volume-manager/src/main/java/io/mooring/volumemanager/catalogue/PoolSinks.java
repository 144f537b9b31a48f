package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.PoolEvent;
import io.mooring.volumemanager.volume.Cause;
import java.time.Instant;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Where decisions about pools are written to. */
record PoolSinks(ProcessorContext<String, SpecificRecord> context, String source) {

  Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }

  void announce(PoolEvent event, Cause cause) {
    forward(CatalogueTopology.POOL_EVENTS_SINK, event.getSubject(), event, cause);
  }

  void forward(String sink, String key, SpecificRecord value, Cause cause) {
    RecordHeaders headers = headers(EventHeaders.typeOf(value), key, cause);
    context.forward(new Record<>(key, value, now().toEpochMilli(), headers), sink);
  }

  /**
   * @param type of what is deleted
   */
  void delete(String sink, String key, String type, Cause cause) {
    RecordHeaders headers = headers(type, key, cause);
    context.forward(new Record<>(key, null, now().toEpochMilli(), headers), sink);
  }

  private RecordHeaders headers(String type, String key, Cause cause) {
    RecordHeaders headers = new RecordHeaders();
    new EventHeaders(
            UUID.randomUUID(), type, source, now(), key, cause.correlationId(), cause.recordId())
        .writeTo(headers);
    return headers;
  }
}
