package io.mooring.autopilot.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.schemas.AutopilotCommand;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.DeadLetters;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.JudgedPools;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.QueryReading;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeLabels;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import io.mooring.streams.PatientDecoder;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one partition and turns them into inputs. What cannot be read goes to the
 * dead letters, in the same transaction, and the next record is taken.
 */
final class WatchProcessor implements Processor<String, byte[], String, SpecificRecord> {

  private static final Logger LOG = Logger.getLogger(WatchProcessor.class);

  private final AutopilotParts parts;
  private final DeadLetters letters = new DeadLetters("autopilot");
  private final Map<String, PatientDecoder<? extends SpecificRecord>> decoders;
  private @Nullable ProcessorContext<String, SpecificRecord> context;
  private @Nullable WatchTask task;
  private PartitionObjects objects = new PartitionObjects();

  WatchProcessor(ControlSerdes serdes, AutopilotParts parts) {
    this.parts = parts;
    this.decoders =
        Map.of(
            ControlTopic.VOLUMES.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.VOLUMES, VolumeState.class),
            ControlTopic.VOLUME_USAGE.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.VOLUME_USAGE, VolumeUsage.class),
            ControlTopic.VOLUME_EVENTS.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.VOLUME_EVENTS, VolumeEvent.class),
            ControlTopic.NODES.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.NODES, NodeDescriptor.class),
            ControlTopic.POOL_EVENTS.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.POOL_EVENTS, PoolEvent.class),
            ControlTopic.AUTOPILOT_COMMANDS.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.AUTOPILOT_COMMANDS, AutopilotCommand.class),
            ControlTopic.VOLUME_LABELS.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.VOLUME_LABELS, VolumeLabels.class),
            ControlTopic.AUTOPILOT_READINGS.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.AUTOPILOT_READINGS, QueryReading.class),
            ControlTopic.BROKER_RETENTION.topicName(),
            new PatientDecoder<>(serdes, ControlTopic.BROKER_RETENTION, BrokerRetention.class));
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> newContext) {
    context = newContext;
    objects = parts.volumes().own(newContext.taskId().partition());
    task = new WatchTask(newContext, parts.settings(), parts.rules(), parts.metrics(), objects);
    task.open();
  }

  @Override
  public void close() {
    parts.volumes().disown(context().taskId().partition(), objects);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata origin = context().recordMetadata().orElseThrow();
    EventHeaders headers;
    try {
      headers = EventHeaders.read(record.headers());
    } catch (ControlTopicException e) {
      setAside(record, origin, new Decoded.Poison<>(e.code(), String.valueOf(e.getMessage())));
      return;
    }
    try {
      PatientDecoder<?> decoder = Objects.requireNonNull(decoders.get(origin.topic()));
      read(record, headers, origin, decoder.decode(record.headers(), record.value()));
    } catch (IllegalArgumentException e) {
      setAside(record, origin, new Decoded.Poison<>("AUT-031", String.valueOf(e.getMessage())));
    }
  }

  private void read(
      Record<String, byte[]> record,
      EventHeaders headers,
      RecordMetadata origin,
      Decoded<?> decoded) {
    switch (decoded) {
      case Decoded.Poison<?> unreadable -> setAside(record, origin, unreadable);
      case Decoded.Tombstone<?> _ -> gone(record.key(), origin.topic(), headers);
      case Decoded.Value<?>(NodeDescriptor node) ->
          task().poolsMeasured(new JudgedPools(node.getNodeId(), node), headers);
      case Decoded.Value<?>(PoolEvent event) ->
          RecordReader.answer(event).ifPresent(answer -> task().answeredForPools(answer, headers));
      case Decoded.Value<?>(VolumeState state) -> {
        checkKey(record, state.getVolumeId());
        task().described(RecordReader.facts(state));
      }
      case Decoded.Value<?>(VolumeUsage usage) -> {
        checkKey(record, usage.getVolumeId());
        task().measured(usage.getVolumeId(), RecordReader.sample(usage), headers);
      }
      case Decoded.Value<?>(VolumeEvent event) -> {
        checkKey(record, event.getVolumeId());
        RecordReader.answer(event)
            .ifPresent(answer -> task().answered(event.getVolumeId(), answer, headers));
      }
      case Decoded.Value<?>(AutopilotCommand command) -> {
        checkKey(record, command.getVolumeId());
        task()
            .approved(
                command.getVolumeId(),
                command.getRuleName(),
                RecordReader.approval(command),
                headers);
      }
      case Decoded.Value<?>(VolumeLabels labels) -> {
        checkKey(record, labels.getVolumeId());
        task().claimed(labels.getVolumeId(), RecordReader.claim(labels));
      }
      case Decoded.Value<?>(QueryReading reading) -> {
        checkKey(record, reading.getVolumeId());
        task().queried(reading.getVolumeId(), reading.getQuery(), RecordReader.answer(reading));
      }
      case Decoded.Value<?>(BrokerRetention retention) ->
          task().told(RecordReader.broker(retention));
      case Decoded.Value<?>(SpecificRecord other) ->
          throw new IllegalStateException("no decoder gives " + other.getClass());
    }
  }

  /** A record under the wrong key is in the wrong partition: another task owns the volume. */
  private static void checkKey(Record<String, byte[]> record, String volumeId) {
    if (!volumeId.equals(record.key())) {
      throw new IllegalArgumentException(
          "key is '%s', the record is about volume '%s'".formatted(record.key(), volumeId));
    }
  }

  /** A null value: whatever the topic is about is not there any more. */
  private void gone(String key, String topic, EventHeaders headers) {
    if (topic.equals(ControlTopic.VOLUME_LABELS.topicName())) {
      task().claimed(key, null);
    } else if (topic.equals(ControlTopic.NODES.topicName())) {
      task().poolsMeasured(new JudgedPools(key, null), headers);
    } else {
      task().deleted(key);
    }
  }

  private void setAside(
      Record<String, byte[]> record, RecordMetadata origin, Decoded.Poison<?> reason) {
    LOG.warnf(
        "A record was set aside; topic=%s partition=%d offset=%d code=%s reason=%s",
        origin.topic(), origin.partition(), origin.offset(), reason.code(), reason.reason());
    parts.metrics().deadLetter(origin.topic(), reason.code());
    DeadLetter letter =
        letters.of(
            new DeadLetters.Origin(origin.topic(), origin.partition(), origin.offset()),
            record.key() == null ? null : record.key().getBytes(UTF_8),
            record.value(),
            reason,
            task().now());
    String source = parts.settings().source();
    RecordHeaders headers = new RecordHeaders();
    EventHeaders.readIfValid(record.headers())
        .map(cause ->
            EventHeaders.causedBy(cause, EventHeaders.typeOf(letter), source, origin.topic()))
        .orElseGet(() -> EventHeaders.root(EventHeaders.typeOf(letter), source, origin.topic()))
        .writeTo(headers);
    context()
        .forward(
            new Record<>(origin.topic(), letter, task().now().toEpochMilli(), headers),
            AutopilotTopology.DEAD_LETTERS_SINK);
  }

  private ProcessorContext<String, SpecificRecord> context() {
    return Objects.requireNonNull(context, "not initialised");
  }

  private WatchTask task() {
    return Objects.requireNonNull(task, "not initialised");
  }
}
