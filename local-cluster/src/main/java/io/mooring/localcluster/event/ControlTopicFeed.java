package io.mooring.localcluster.event;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RecordDecoder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads control topics from their beginning, committed records only, and publishes each as an
 * event. It belongs to no consumer group: there is nothing to commit and nobody to share with.
 */
public final class ControlTopicFeed {

  private static final Logger LOG = System.getLogger(ControlTopicFeed.class.getName());
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final EventFeed events;
  private final Consumer<byte[], byte[]> consumer;
  private final Map<ControlTopic, RecordDecoder<? extends SpecificRecord>> decoders =
      new EnumMap<>(ControlTopic.class);
  private final Thread thread;

  private ControlTopicFeed(
      EventFeed events,
      Consumer<byte[], byte[]> consumer,
      ControlSerdes serdes,
      List<ControlTopic> topics) {
    this.events = events;
    this.consumer = consumer;
    topics.forEach(topic -> decoders.put(topic, decoder(serdes, topic, topic.valueType())));
    this.thread = Thread.ofPlatform().name("control-topic-feed").daemon().unstarted(this::read);
  }

  /** Starts reading. */
  public static ControlTopicFeed start(
      EventFeed events, String bootstrapServers, ControlSerdes serdes, List<ControlTopic> topics) {
    Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "reconnect.backoff.max.ms", "500"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        topics.stream()
            .flatMap(topic ->
                IntStream.range(0, topic.partitions())
                    .mapToObj(i -> new TopicPartition(topic.topicName(), i)))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    ControlTopicFeed feed = new ControlTopicFeed(events, consumer, serdes, topics);
    feed.thread.start();
    return feed;
  }

  /** Ends reading. */
  public void stop() throws InterruptedException {
    consumer.wakeup();
    thread.join(CLOSE_LIMIT);
  }

  private void read() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          publish(record);
        }
      }
    } catch (WakeupException | InterruptException | InterruptedException e) {
      LOG.log(Level.DEBUG, "Reading of control topics ended.");
    }
  }

  private void publish(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    ControlTopic topic = ControlTopic.named(record.topic()).orElseThrow();
    Decoded<? extends SpecificRecord> decoded = decode(topic, record);
    Optional<? extends SpecificRecord> value =
        switch (decoded) {
          case Decoded.Value<? extends SpecificRecord> v -> Optional.of(v.value());
          case Decoded.Tombstone<? extends SpecificRecord> _ -> Optional.empty();
          case Decoded.Poison<? extends SpecificRecord> poison -> {
            LOG.log(
                Level.WARNING,
                "Unreadable record skipped: topic={0} offset={1} reason={2}",
                record.topic(),
                record.offset(),
                poison.reason());
            yield null;
          }
        };
    if (value != null) {
      Optional<EventHeaders> headers = EventHeaders.readIfValid(record.headers());
      Instant at = headers.map(EventHeaders::time).orElse(Instant.ofEpochMilli(record.timestamp()));
      events.publish(new ClusterEvent.Record(at, topic, key(record), headers, value));
    }
  }

  // The registry may be away for a while; records wait for it rather than get lost.
  private Decoded<? extends SpecificRecord> decode(
      ControlTopic topic, ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    RecordDecoder<? extends SpecificRecord> decoder = decoders.get(topic);
    if (decoder == null) {
      throw new IllegalStateException("not subscribed to " + topic);
    }
    while (true) {
      try {
        return decoder.decode(record.headers(), record.value());
      } catch (ControlTopicException e) {
        LOG.log(Level.WARNING, "A record waits for its schema: error={0}", e.getMessage());
        Thread.sleep(RETRY);
      }
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return Stream.ofNullable(record.key())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }

  private static <T extends SpecificRecord> RecordDecoder<T> decoder(
      ControlSerdes serdes, ControlTopic topic, Class<T> type) {
    return new RecordDecoder<>(serdes, topic, type);
  }
}
