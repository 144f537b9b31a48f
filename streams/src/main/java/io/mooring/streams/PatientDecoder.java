package io.mooring.streams;

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

/**
 * A decoder that waits for the schema registry. Schemas are cached for as long as the process
 * lives, so it waits only for a schema that it has never seen; records behind it must wait too,
 * because order matters. It gives up before Kafka would take the partitions away.
 */
public final class PatientDecoder<T extends SpecificRecord> {

  private static final Logger LOG = Logger.getLogger(PatientDecoder.class);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final RecordDecoder<T> decoder;

  public PatientDecoder(ControlSerdes serdes, ControlTopic topic, Class<T> type) {
    this.decoder = new RecordDecoder<>(serdes, topic, type);
  }

  /** What a record holds, whenever the registry answers. */
  public Decoded<T> decode(Headers headers, byte @Nullable [] bytes) {
    long start = System.nanoTime();
    while (true) {
      try {
        return decoder.decode(headers, bytes);
      } catch (ControlTopicException e) {
        boolean patient = System.nanoTime() - start < PATIENCE.toNanos();
        if (!patient || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.warnf("Waiting for the schema registry; cause=%s", e.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
