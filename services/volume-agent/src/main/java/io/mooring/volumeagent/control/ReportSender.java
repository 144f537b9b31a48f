package io.mooring.volumeagent.control;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.volumeagent.config.ControlSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends what must arrive, however long it takes: reports about volumes and snapshots, and dead
 * letters. Callers never wait, they only leave the record here. A record may arrive twice, with the
 * same id.
 */
public final class ReportSender implements AutoCloseable {

  private static final int REQUEST_TIMEOUT_MS = 2000;
  private static final int BLOCK_MAX_MS = 5000;
  private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(2);

  private final String source;
  private final RecordEncoder encoder;
  private final ControlSettings settings;
  private final ControlLink link;
  private final Outbox outbox = new Outbox();
  private final Thread thread;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  ReportSender(String source, RecordEncoder encoder, ControlSettings settings, ControlLink link) {
    this.source = source;
    this.encoder = encoder;
    this.settings = settings;
    this.link = link;
    this.thread = Thread.ofPlatform().name("report-sender").daemon().start(this::run);
  }

  /**
   * Reports on a volume.
   *
   * @param cause headers of the record that led to this, null if nothing did
   * @return id of the report, by which its answer is recognised
   */
  public UUID report(VolumeReport report, @Nullable EventHeaders cause) {
    EventHeaders headers = headers(report, report.getVolumeId(), cause);
    outbox.put(
        new Outbox.Entry(
            ControlTopic.VOLUME_REPORTS, report.getVolumeId(), subjectOf(report), report, headers));
    return headers.id();
  }

  /**
   * Reports on a snapshot.
   *
   * @param cause headers of the set's record that led to this, null if it carried none
   */
  public void report(SnapshotReport report, @Nullable EventHeaders cause) {
    SpecificRecord detail = (SpecificRecord) report.getDetail();
    Object subject =
        List.of(
            report.getSetId(),
            report.getVolumeId(),
            report.getSnapshotId(),
            detail.getSchema().getName(),
            valueOf(detail, "replicaId"));
    outbox.put(
        new Outbox.Entry(
            ControlTopic.SNAPSHOT_REPORTS,
            report.getSetId(),
            subject,
            report,
            headers(report, report.getSetId(), cause)));
  }

  /**
   * Reports on a task of a volume.
   *
   * @param cause headers of the volume's state that gave the task, null if it carried none
   */
  public void report(VolumeTaskRecord report, @Nullable EventHeaders cause) {
    outbox.put(
        new Outbox.Entry(
            ControlTopic.VOLUME_TASKS,
            report.getVolumeId(),
            List.of(report.getVolumeId(), report.getIdempotencyKey()),
            report,
            headers(report, report.getVolumeId(), cause)));
  }

  /** Hands a record that cannot be used to the dead letters. */
  public void deadLetter(DeadLetter letter, @Nullable EventHeaders cause) {
    EventHeaders headers = headers(letter, letter.getTopic(), cause);
    outbox.put(
        new Outbox.Entry(
            ControlTopic.DEAD_LETTERS, letter.getTopic(), headers.id(), letter, headers));
  }

  /** Records that were not confirmed yet. */
  public int waiting() {
    return outbox.size();
  }

  private EventHeaders headers(SpecificRecord value, String key, @Nullable EventHeaders cause) {
    String type = EventHeaders.typeOf(value);
    return cause == null
        ? EventHeaders.root(type, source, key)
        : EventHeaders.causedBy(cause, type, source, key);
  }

  /** Two reports of the same kind about the same volume and replica are about the same thing. */
  private static Object subjectOf(VolumeReport report) {
    SpecificRecord detail = (SpecificRecord) report.getDetail();
    return List.of(
        report.getVolumeId(), detail.getSchema().getName(), valueOf(detail, "replicaId"));
  }

  private static Object valueOf(SpecificRecord detail, String name) {
    Schema.Field field = detail.getSchema().getField(name);
    return field == null ? "" : detail.get(field.pos());
  }

  private void run() {
    Duration backoff = BACKOFF_MIN;
    try {
      while (true) {
        List<Outbox.Entry> batch = outbox.take();
        List<Outbox.Entry> unsent = send(batch);
        if (unsent.isEmpty()) {
          backoff = BACKOFF_MIN;
        } else {
          outbox.putBack(unsent);
          Thread.sleep(backoff);
          backoff =
              backoff.multipliedBy(2).compareTo(BACKOFF_MAX) > 0
                  ? BACKOFF_MAX
                  : backoff.multipliedBy(2);
        }
      }
    } catch (InterruptedException _) {
      // Only close() interrupts this thread.
    }
  }

  /** Sends a batch and waits for all of it; returns what was not confirmed. */
  private List<Outbox.Entry> send(List<Outbox.Entry> batch) throws InterruptedException {
    List<Future<RecordMetadata>> confirmations = new ArrayList<>();
    List<Outbox.Entry> unsent = new ArrayList<>();
    try {
      for (Outbox.Entry entry : batch) {
        confirmations.add(
            producer()
                .send(encoder.encode(entry.topic(), entry.key(), entry.value(), entry.headers())));
      }
    } catch (RuntimeException e) {
      // Neither the producer nor the registry client has an exception type for "try again later"
      // alone.
      giveUp(e);
    }
    for (int i = 0; i < batch.size(); i++) {
      if (i >= confirmations.size() || !confirmed(confirmations.get(i))) {
        unsent.add(batch.get(i));
      }
    }
    return unsent;
  }

  private boolean confirmed(Future<RecordMetadata> confirmation) throws InterruptedException {
    try {
      confirmation.get();
      link.worked();
      return true;
    } catch (ExecutionException e) {
      giveUp(e);
      return false;
    }
  }

  /**
   * A producer that failed once may have failed for good; a new one costs little beside an outage.
   */
  private void giveUp(Throwable cause) {
    link.failed(cause);
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    if (producer == null) {
      producer =
          new KafkaProducer<>(
              config(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }
    return producer;
  }

  private static Map<String, Object> config(ControlSettings settings) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "volume-agent-reports");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MAX_MS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofHours(1).toMillis());
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L << 20);
    return config;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (producer != null) {
      producer.close(Duration.ofSeconds(1));
    }
  }
}
