package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.Decoded;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Dead letters of topics that every instance reads from the beginning at each start, outside of any
 * transaction. Only what was written since this instance started gets a letter; older records got
 * theirs when they were new. Two instances may write the same letter.
 */
public final class GlobalDeadLetters {

  private final PoisonRecords poison;
  private final Instant startedAt;
  private final Consumer<Record<String, SpecificRecord>> sender;

  GlobalDeadLetters(
      PoisonRecords poison, Instant startedAt, Consumer<Record<String, SpecificRecord>> sender) {
    this.poison = poison;
    this.startedAt = startedAt;
    this.sender = sender;
  }

  void setAside(Record<String, byte[]> record, RecordMetadata origin, Decoded.Poison<?> reason) {
    Record<String, SpecificRecord> letter = poison.letterFor(record, origin, reason);
    if (record.timestamp() >= startedAt.toEpochMilli()) {
      sender.accept(letter);
    }
  }
}
