package io.mooring.volumeagent.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.DeadLetters;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RecordDecoder;
import io.mooring.volumeagent.config.ControlSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows compacted topics from their beginning, for as long as the agent lives. Partitions are
 * assigned, not subscribed: every agent reads everything, there is no group to join and none to
 * wait for.
 *
 * <p>While the control Kafka is away the follower waits, for hours if need be. A record that can
 * never be read goes to the dead letters; a registry that is away stops the reading, because the
 * same record may be good in a moment.
 */
public final class StateFollower implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(StateFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration RETRY = Duration.ofMillis(500);

  /** How often it is looked for a topic that was not there. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final int REQUEST_TIMEOUT_MS = 5000;

  private final String name;
  private final LazySerdes serdes;
  private final ControlSettings settings;
  private final ControlLink link;
  private final ReportSender reports;
  private final DeadLetters deadLetters = new DeadLetters("volume-agent");
  private final Map<String, Topic<?>> topics = new HashMap<>();

  /** Those that an older volume-manager may not have made yet. */
  private final Set<String> later = new HashSet<>();

  private final EndWaiters waiters = new EndWaiters();
  private final Thread thread;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean closed;

  private static final class Topic<T extends SpecificRecord> {
    private final ControlTopic topic;
    private final Class<T> type;
    private final StateListener<T> listener;
    private @Nullable RecordDecoder<T> decoder;

    Topic(ControlTopic topic, Class<T> type, StateListener<T> listener) {
      this.topic = topic;
      this.type = type;
      this.listener = listener;
    }

    RecordDecoder<T> decoder(LazySerdes serdes) {
      if (decoder == null) {
        decoder = new RecordDecoder<>(serdes.get(), topic, type);
      }
      return decoder;
    }
  }

  StateFollower(
      String name,
      LazySerdes serdes,
      ControlSettings settings,
      ControlLink link,
      ReportSender reports) {
    this.name = name;
    this.serdes = serdes;
    this.settings = settings;
    this.link = link;
    this.reports = reports;
    this.thread = Thread.ofPlatform().name("follower-of-" + name).daemon().unstarted(this::run);
  }

  /** Adds a topic; only before {@link #start}. */
  public <T extends SpecificRecord> StateFollower follow(
      ControlTopic topic, Class<T> type, StateListener<T> listener) {
    topics.put(topic.topicName(), new Topic<>(topic, type, listener));
    return this;
  }

  /**
   * Adds a topic that may not be there yet, because volume-manager is upgraded after this agent;
   * only before {@link #start}. Until it is there its listener hears nothing, not even that it has
   * caught up.
   */
  public <T extends SpecificRecord> StateFollower followOnceThere(
      ControlTopic topic, Class<T> type, StateListener<T> listener) {
    later.add(topic.topicName());
    return follow(topic, type, listener);
  }

  public void start() {
    thread.start();
  }

  /**
   * Done when everything has been heard that is in a followed topic now; while the control Kafka is
   * away that takes as long as it is away. Fails when the agent ends.
   */
  public CompletableFuture<Void> reachEnd(ControlTopic topic) {
    return waiters.add(topic);
  }

  private void run() {
    try {
      followAgainAndAgain();
    } finally {
      waiters.giveUp();
    }
  }

  private void followAgainAndAgain() {
    while (!closed) {
      try (KafkaConsumer<byte[], byte[]> open = open()) {
        consumer = open;
        follow(open);
      } catch (WakeupException _) {
        // Only close() wakes this thread.
        return;
      } catch (KafkaException e) {
        link.failed(e);
        pause();
      } finally {
        consumer = null;
      }
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> open) {
    waiters.lookAnew();
    Set<String> followed = new HashSet<>();
    open.assignment().forEach(partition -> followed.add(partition.topic()));
    topics.forEach((name, topic) -> {
      if (followed.contains(name)) {
        topic.listener.onReplay();
      }
    });
    Map<TopicPartition, Long> toReplay = new HashMap<>(open.endOffsets(open.assignment()));
    Set<String> replaying = new HashSet<>(followed);
    long nextLook = System.nanoTime() + LOOK.toNanos();
    while (!closed) {
      if (followed.size() < topics.size() && System.nanoTime() - nextLook >= 0) {
        if (later.stream().anyMatch(name -> !followed.contains(name) && isThere(open, name))) {
          return; // everything is read again, with the new topic
        }
        nextLook = System.nanoTime() + LOOK.toNanos();
      }
      for (ConsumerRecord<byte[], byte[]> record : open.poll(POLL)) {
        hear(record);
      }
      if (!replaying.isEmpty()) {
        toReplay.entrySet().removeIf(end -> open.position(end.getKey()) >= end.getValue());
        replaying.removeIf(topic -> toldThatCaughtUp(topic, toReplay.keySet()));
      }
      waiters.serve(open, topic -> followed.contains(topic) && !replaying.contains(topic));
    }
  }

  private static boolean isThere(KafkaConsumer<?, ?> open, String topic) {
    return !open.partitionsFor(topic).isEmpty();
  }

  private boolean toldThatCaughtUp(String name, Set<TopicPartition> toReplay) {
    Topic<?> topic = topics.get(name);
    if (topic == null || toReplay.stream().anyMatch(partition -> partition.topic().equals(name))) {
      return false;
    }
    topic.listener.onCaughtUp();
    return true;
  }

  private KafkaConsumer<byte[], byte[]> open() {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "volume-agent-" + name);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
    config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
    KafkaConsumer<byte[], byte[]> open =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic<?> topic : topics.values()) {
      String name = topic.topic.topicName();
      if (later.contains(name) && !isThere(open, name)) {
        continue;
      }
      for (int i = 0; i < topic.topic.partitions(); i++) {
        partitions.add(new TopicPartition(name, i));
      }
    }
    open.assign(partitions);
    return open;
  }

  private void hear(ConsumerRecord<byte[], byte[]> record) {
    Topic<?> topic = topics.get(record.topic());
    if (topic != null) {
      hear(topic, record);
    }
  }

  private <T extends SpecificRecord> void hear(
      Topic<T> topic, ConsumerRecord<byte[], byte[]> record) {
    EventHeaders headers = EventHeaders.readIfValid(record.headers()).orElse(null);
    if (record.key() == null) {
      bury(
          record,
          new Decoded.Poison<T>("EVT-004", "A state without a key is about nothing."),
          headers);
      return;
    }
    String key = new String(record.key(), UTF_8);
    try {
      switch (decode(topic, record)) {
        case Decoded.Value<T>(T value) -> topic.listener.onState(key, value, headers);
        case Decoded.Tombstone<T>() -> topic.listener.onState(key, null, headers);
        case Decoded.Poison<T> poison -> bury(record, poison, headers);
      }
    } catch (WakeupException e) {
      throw e;
    } catch (RuntimeException e) {
      // One bad state must not end the following of all others.
      LOG.errorf(e, "A state could not be taken over. topic=%s key=%s", record.topic(), key);
      bury(record, new Decoded.Poison<T>("EVT-007", String.valueOf(e.getMessage())), headers);
    }
  }

  private <T extends SpecificRecord> Decoded<T> decode(
      Topic<T> topic, ConsumerRecord<byte[], byte[]> record) {
    while (true) {
      try {
        Decoded<T> decoded = topic.decoder(serdes).decode(record.headers(), record.value());
        link.worked();
        return decoded;
      } catch (ControlTopicException e) {
        link.failed(e);
        pause();
        if (closed) {
          throw new WakeupException();
        }
      }
    }
  }

  private void bury(
      ConsumerRecord<byte[], byte[]> record,
      Decoded.Poison<?> poison,
      @Nullable EventHeaders headers) {
    LOG.errorf(
        "A record cannot be used and goes to the dead letters. topic=%s partition=%d offset=%d code=%s reason=%s",
        record.topic(), record.partition(), record.offset(), poison.code(), poison.reason());
    reports.deadLetter(
        deadLetters.of(record, poison.code(), poison.reason(), Instant.now()), headers);
  }

  /** Not an interruptible sleep: an interrupt would also break the consumer's own closing. */
  private void pause() {
    LockSupport.parkNanos(RETRY.toNanos());
  }

  @Override
  public void close() {
    closed = true;
    KafkaConsumer<byte[], byte[]> open = consumer;
    if (open != null) {
      open.wakeup();
    }
    LockSupport.unpark(thread);
  }
}
