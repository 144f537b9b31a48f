package io.mooring.volumeagent.control;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.volumeagent.config.ControlSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is worthless when it is old: heartbeats, descriptors, usage. While the control Kafka
 * is away nothing piles up and nobody waits; what could not be sent in time is dropped, since the
 * next one says more.
 */
public final class TelemetrySender implements AutoCloseable {

  private static final int DELIVERY_TIMEOUT_MS = 1500;
  private static final int REQUEST_TIMEOUT_MS = 1000;
  private static final int BLOCK_MAX_MS = 250;

  /** Beats flow again soon after an outage: until then nobody can be judged. */
  private static final int RECONNECT_BACKOFF_MAX_MS = 250;

  private final String source;
  private final RecordEncoder encoder;
  private final ControlSettings settings;
  private final ControlLink link;
  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private boolean closed;

  TelemetrySender(
      String source, RecordEncoder encoder, ControlSettings settings, ControlLink link) {
    this.source = source;
    this.encoder = encoder;
    this.settings = settings;
    this.link = link;
  }

  /** Made by the first sender, not at start: what the agent has to resume does not wait for it. */
  private synchronized Optional<KafkaProducer<byte[], byte[]>> producer() {
    if (producer == null && !closed) {
      producer =
          new KafkaProducer<>(
              config(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }
    return Optional.ofNullable(producer);
  }

  private static Map<String, Object> config(ControlSettings settings) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "volume-agent-telemetry");
    config.put(ProducerConfig.ACKS_CONFIG, "1");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MAX_MS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_BACKOFF_MAX_MS);
    config.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(
        ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 2 * REQUEST_TIMEOUT_MS);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 4L << 20);
    // A topic that goes unused for minutes must not make the next record wait for metadata.
    config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofHours(1).toMillis());
    return config;
  }

  /** Sends one record, or drops it. Waits at most a quarter of a second for the control Kafka. */
  public void send(ControlTopic topic, String key, SpecificRecord value) {
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(value), source, key);
    try {
      ProducerRecord<byte[], byte[]> record = encoder.encode(topic, key, value, headers);
      producer().ifPresent(open -> open.send(record, this::sent));
    } catch (RuntimeException e) {
      // The registry client has no common exception type; whatever it throws, the next beat tries
      // again.
      link.failed(e);
    }
  }

  private void sent(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
    if (failure == null) {
      link.worked();
    } else {
      link.failed(failure);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (producer != null) {
      producer.close(Duration.ofMillis(REQUEST_TIMEOUT_MS));
      producer = null;
    }
  }
}
