package io.mooring.autopilot.stream;

import io.mooring.schemas.ApprovalDecision;
import io.mooring.schemas.AutopilotCommand;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DecideApproval;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.QueryReading;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.VolumeLabels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes what comes from outside to the control topics, where every instance reads it. */
public final class ControlTopicWriter implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What became of the record is not known; writing it again is harmless. */
  public static final class UnwrittenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnwrittenException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final Producer<String, byte[]> producer;
  private final Serializer<AutopilotRuleText> rules;
  private final Serializer<AutopilotCommand> commands;
  private final Serializer<QueryReading> readings;
  private final Serializer<VolumeLabels> labels;
  private final String source;

  ControlTopicWriter(Producer<String, byte[]> producer, ControlSerdes serdes, String source) {
    this.producer = producer;
    this.rules = serdes.serializer(ControlTopic.AUTOPILOT_RULES, AutopilotRuleText.class);
    this.commands = serdes.serializer(ControlTopic.AUTOPILOT_COMMANDS, AutopilotCommand.class);
    this.readings = serdes.serializer(ControlTopic.AUTOPILOT_READINGS, QueryReading.class);
    this.labels = serdes.serializer(ControlTopic.VOLUME_LABELS, VolumeLabels.class);
    this.source = source;
  }

  /**
   * Connects lazily.
   *
   * @param kafka configuration of Kafka clients
   * @param source CloudEvents source of the records
   */
  public static ControlTopicWriter connect(
      Map<String, Object> kafka, ControlSerdes serdes, String source) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "autopilot-desk");
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
    return new ControlTopicWriter(
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer()),
        serdes,
        source);
  }

  /** Returns when the rule is written; it is in use a moment later. */
  public void putRule(String name, String document, String origin) {
    AutopilotRuleText text = new AutopilotRuleText(name, document, origin, Instant.now());
    write(ControlTopic.AUTOPILOT_RULES, name, text, rules);
  }

  public void removeRule(String name) {
    write(ControlTopic.AUTOPILOT_RULES, name, null, rules);
  }

  /** Returns when the decision is written. */
  public void decide(
      RuleObjectState awaiting, String approvalId, ApprovalDecision decision, String by) {
    AutopilotCommand command =
        new AutopilotCommand(
            awaiting.getVolumeId(),
            awaiting.getRuleName(),
            by,
            Instant.now(),
            new DecideApproval(approvalId, decision));
    ControlTopic topic = ControlTopic.AUTOPILOT_COMMANDS;
    String key = awaiting.getVolumeId();
    await(topic, List.of(send(topic, partition(key), key, command, commands)));
  }

  /** Returns when all answers are written. */
  public void answered(List<QueryReading> answers) {
    writeAll(ControlTopic.AUTOPILOT_READINGS, answers, QueryReading::getVolumeId, readings);
  }

  /** Returns when all labels are written. */
  public void labelled(List<VolumeLabels> changed) {
    writeAll(ControlTopic.VOLUME_LABELS, changed, VolumeLabels::getVolumeId, labels);
  }

  /** The volume has no claim any more. */
  public void unlabelled(String volumeId) {
    write(ControlTopic.VOLUME_LABELS, volumeId, null, labels);
  }

  private <T extends SpecificRecord> void write(
      ControlTopic topic, String key, @Nullable T value, Serializer<T> serializer) {
    await(topic, List.of(send(topic, null, key, value, serializer)));
  }

  private <T extends SpecificRecord> void writeAll(
      ControlTopic topic, List<T> values, Function<T, String> key, Serializer<T> serializer) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (T value : values) {
      String id = key.apply(value);
      sent.add(send(topic, partition(id), id, value, serializer));
    }
    await(topic, sent);
  }

  /**
   * One task decides about all pools, whose ids have a slash: that of the first partition. Null for
   * a volume: its partition follows from the key.
   */
  private static @Nullable Integer partition(String objectId) {
    return objectId.indexOf('/') < 0 ? null : 0;
  }

  /** A null partition is the one that follows from the key. */
  private <T extends SpecificRecord> Future<RecordMetadata> send(
      ControlTopic topic,
      @Nullable Integer partition,
      String key,
      @Nullable T value,
      Serializer<T> serializer) {
    try {
      ProducerRecord<String, byte[]> envelope =
          new ProducerRecord<>(topic.topicName(), null, key, null);
      String type =
          value == null
              ? "io.mooring." + topic.valueType().getSimpleName()
              : EventHeaders.typeOf(value);
      EventHeaders.root(type, source, key).writeTo(envelope.headers());
      byte[] bytes =
          value == null ? null : serializer.serialize(topic.topicName(), envelope.headers(), value);
      return producer.send(
          new ProducerRecord<>(topic.topicName(), partition, key, bytes, envelope.headers()));
    } catch (KafkaException e) {
      throw unwritten(topic, e);
    }
  }

  private static void await(ControlTopic topic, List<Future<RecordMetadata>> sent) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (Future<RecordMetadata> each : sent) {
        each.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unwritten(topic, e);
    } catch (ExecutionException | TimeoutException e) {
      throw unwritten(topic, e);
    }
  }

  private static UnwrittenException unwritten(ControlTopic topic, Exception cause) {
    return new UnwrittenException(
        "%s could not be written: %s".formatted(topic.topicName(), cause), cause);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
