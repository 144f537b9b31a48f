package io.mooring.volumemanager.command;

import io.mooring.schemas.CommandAccepted;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RecordDecoder;
import io.mooring.schemas.VolumeCreated;
import io.mooring.schemas.VolumeDetached;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumePublished;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;

/**
 * Follows the volume events and completes what waits for the answer to a command. Every instance
 * reads all partitions, because any instance may decide.
 */
final class AnswerListener implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(AnswerListener.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final Consumer<String, byte[]> consumer;
  private final RecordDecoder<VolumeEvent> decoder;
  private final Map<UUID, CompletableFuture<VolumeEvent>> expected = new ConcurrentHashMap<>();
  private final Thread thread;

  private AnswerListener(Consumer<String, byte[]> consumer, RecordDecoder<VolumeEvent> decoder) {
    this.consumer = consumer;
    this.decoder = decoder;
    this.thread = Thread.ofPlatform().daemon().name("command-answers").unstarted(this::follow);
  }

  /** Starts at the present end of the topic; returns when that position is fixed. */
  static AnswerListener start(Map<String, Object> kafka, ControlSerdes serdes) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "volume-manager-answers");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // If the position is lost, the present is what matters: nobody waits for older answers.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    ControlTopic topic = ControlTopic.VOLUME_EVENTS;
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.topicName(), partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    AnswerListener listener =
        new AnswerListener(consumer, new RecordDecoder<>(serdes, topic, VolumeEvent.class));
    listener.thread.start();
    return listener;
  }

  CompletableFuture<VolumeEvent> expect(UUID commandId) {
    CompletableFuture<VolumeEvent> answer = new CompletableFuture<>();
    expected.put(commandId, answer);
    return answer;
  }

  void forget(UUID commandId) {
    expected.remove(commandId);
  }

  private void follow() {
    while (true) {
      try {
        consumer.poll(POLL).forEach(this::take);
      } catch (WakeupException _) {
        consumer.close();
        return;
      } catch (KafkaException | ControlTopicException e) {
        LOG.warnf(e, "Following the volume events failed and is tried again");
        LockSupport.parkNanos(RETRY_PAUSE.toNanos());
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (expected.isEmpty()) {
      return;
    }
    EventHeaders.readIfValid(record.headers())
        .map(EventHeaders::causationId)
        .map(expected::get)
        .ifPresent(answer -> complete(answer, record));
  }

  private void complete(
      CompletableFuture<VolumeEvent> answer, ConsumerRecord<String, byte[]> record) {
    if (decoder.decode(record.headers(), record.value())
            instanceof Decoded.Value<VolumeEvent>(VolumeEvent event)
        && isAnswer(event.getDetail())) {
      answer.complete(event);
    }
  }

  /** A command can lead to other events too, such as the start of fencing. */
  private static boolean isAnswer(Object detail) {
    return switch (detail) {
      case CommandAccepted _,
          CommandRejected _,
          VolumeCreated _,
          VolumePublished _,
          VolumeDetached _,
          VolumeExpanded _ ->
          true;
      default -> false;
    };
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
