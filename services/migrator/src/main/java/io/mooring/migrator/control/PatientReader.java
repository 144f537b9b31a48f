package io.mooring.migrator.control;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.RecordDecoder;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads records of a topic, and waits for the schema registry as long as it is away. */
final class PatientReader<T extends SpecificRecord> {

  private static final Logger LOG = Logger.getLogger(PatientReader.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final RecordDecoder<T> decoder;

  PatientReader(ControlSerdes serdes, ControlTopic topic, Class<T> type) {
    this.decoder = new RecordDecoder<>(serdes, topic, type);
  }

  Decoded<T> read(Headers headers, byte @Nullable [] bytes) {
    while (true) {
      try {
        return decoder.decode(headers, bytes);
      } catch (ControlTopicException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.warnf("Waiting for the schema registry; cause=%s", e.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
