package io.mooring.volumemanager.command;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RecordDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
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
 * Follows a topic of events and completes what waits for the answer to a command. Every instance
 * reads all partitions, because any instance may decide.
 */
final class AnswerListener<E extends SpecificRecord> implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(AnswerListener.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final Consumer<String, byte[]> consumer;
  private final RecordDecoder<E> decoder;
  private final Predicate<E> isAnswer;
  private final Map<UUID, CompletableFuture<E>> expected = new ConcurrentHashMap<>();
  private final Thread thread;

  private AnswerListener(
      Consumer<String, byte[]> consumer, RecordDecoder<E> decoder, Predicate<E> isAnswer) {
    this.consumer = consumer;
    this.decoder = decoder;
    this.isAnswer = isAnswer;
    this.thread = Thread.ofPlatform().daemon().name("command-answers").unstarted(this::follow);
  }

  /**
   * Starts at the present end of the topic; returns when that position is fixed.
   *
   * @param isAnswer a command can lead to other events too, such as the start of fencing
   */
  static <E extends SpecificRecord> AnswerListener<E> start(
      Map<String, Object> kafka,
      ControlSerdes serdes,
      ControlTopic topic,
      Class<E> type,
      Predicate<E> isAnswer) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "volume-manager-" + topic.topicName());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // If the position is lost, the present is what matters: nobody waits for older answers.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.topicName(), partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    AnswerListener<E> listener =
        new AnswerListener<>(consumer, new RecordDecoder<>(serdes, topic, type), isAnswer);
    listener.thread.start();
    return listener;
  }

  CompletableFuture<E> expect(UUID commandId) {
    CompletableFuture<E> answer = new CompletableFuture<>();
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
        LOG.warnf(e, "Following the answers to commands failed and is tried again");
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

  private void complete(CompletableFuture<E> answer, ConsumerRecord<String, byte[]> record) {
    if (decoder.decode(record.headers(), record.value()) instanceof Decoded.Value<E>(E event)
        && isAnswer.test(event)) {
      answer.complete(event);
    }
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
