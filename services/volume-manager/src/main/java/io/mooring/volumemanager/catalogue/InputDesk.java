package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.streams.PatientDecoder;
import io.mooring.volumemanager.volume.Cause;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Where the records of one task are read. What cannot be read goes to the dead letters, in the same
 * transaction, and the next record is taken. A registry that stays away is no fault of the record:
 * that ends the task, which begins again with the same record.
 */
final class InputDesk {

  private final ProcessorContext<String, SpecificRecord> context;
  private final PoisonRecords poison;
  private final String letters;
  private final String malformed;

  /**
   * @param letters sink of the task's dead letters
   * @param malformed code of a record that can be read and that no writer of ours would produce
   */
  InputDesk(
      ProcessorContext<String, SpecificRecord> context,
      PoisonRecords poison,
      String letters,
      String malformed) {
    this.context = context;
    this.poison = poison;
    this.letters = letters;
    this.malformed = malformed;
  }

  /** Takes what a record holds; an {@link IllegalArgumentException} says that it is malformed. */
  @FunctionalInterface
  interface Taking {
    void take(SpecificRecord value, Cause cause);
  }

  void read(Record<String, byte[]> record, PatientDecoder<?> decoder, Taking taking) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    EventHeaders headers;
    try {
      headers = EventHeaders.read(record.headers());
    } catch (ControlTopicException e) {
      setAside(record, origin, new Decoded.Poison<>(e.code(), String.valueOf(e.getMessage())));
      return;
    }
    Decoded<?> decoded = decoder.decode(record.headers(), record.value());
    switch (decoded) {
      case Decoded.Poison<?> unreadable -> setAside(record, origin, unreadable);
      case Decoded.Tombstone<?> _ ->
          throw new IllegalStateException(origin.topic() + " has no tombstones");
      case Decoded.Value<?>(SpecificRecord value) -> {
        try {
          taking.take(value, InputReader.cause(headers));
        } catch (IllegalArgumentException e) {
          setAside(record, origin, new Decoded.Poison<>(malformed, String.valueOf(e.getMessage())));
        }
      }
    }
  }

  private void setAside(
      Record<String, byte[]> record, RecordMetadata origin, Decoded.Poison<?> reason) {
    context.forward(poison.letterFor(record, origin, reason), letters);
  }
}
