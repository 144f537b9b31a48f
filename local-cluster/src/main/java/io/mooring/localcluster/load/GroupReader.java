package io.mooring.localcluster.load;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** A consumer of a group that reads a topic as it is written and commits as it goes. */
public final class GroupReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration COMMIT_EVERY = Duration.ofMillis(500);
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(5);

  private final String bootstrapServers;
  private final String group;
  private final String topic;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile long read;
  private volatile long failedCommits;
  private volatile Map<TopicPartition, Long> committed = Map.of();
  private volatile @Nullable Consumer<byte[], byte[]> current;

  private GroupReader(String bootstrapServers, String group, String topic) {
    this.bootstrapServers = bootstrapServers;
    this.group = group;
    this.topic = topic;
    this.thread = Thread.ofPlatform().name("group-" + group).unstarted(this::read);
  }

  /** Starts reading from the topic's beginning, or from where the group is. */
  public static GroupReader start(String bootstrapServers, String group, String topic) {
    GroupReader reader = new GroupReader(bootstrapServers, group, topic);
    reader.thread.start();
    return reader;
  }

  /** Records that were read. */
  public long recordsRead() {
    return read;
  }

  /** Commits that were refused; the next one covers what they would have. */
  public long failedCommits() {
    return failedCommits;
  }

  /** Offsets that the cluster has taken, by partition. */
  public Map<TopicPartition, Long> committed() {
    return committed;
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(END);
      Consumer<byte[], byte[]> waiting = current;
      if (thread.isAlive() && waiting != null) {
        // Its cluster is gone. If that comes back, this one must not commit to it what is old.
        waiting.wakeup();
        thread.join(END);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes the group's place and tells at which offset of each partition it goes on. Nothing is
   * committed.
   *
   * @param partitions of which all are to be told
   */
  public static Map<TopicPartition, Long> resume(
      String bootstrapServers, String group, List<TopicPartition> partitions, Duration limit) {
    Map<TopicPartition, Long> found = new TreeMap<>(Comparator.comparing(Object::toString));
    long deadline = System.nanoTime() + limit.toNanos();
    try (Consumer<byte[], byte[]> consumer = consumer(bootstrapServers, group, "none")) {
      consumer.subscribe(partitions.stream().map(TopicPartition::topic).distinct().toList());
      while (!found.keySet().containsAll(partitions) && System.nanoTime() - deadline < 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          found.putIfAbsent(
              new TopicPartition(record.topic(), record.partition()), record.offset());
        }
        // A partition that was read to its end has no record to tell it.
        for (TopicPartition assigned : consumer.assignment()) {
          if (!found.containsKey(assigned)) {
            found.put(assigned, consumer.position(assigned));
          }
        }
      }
    }
    return new HashMap<>(found);
  }

  private void read() {
    try (Consumer<byte[], byte[]> consumer = consumer(bootstrapServers, group, "earliest")) {
      current = consumer;
      consumer.subscribe(List.of(topic));
      Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>();
      long lastCommit = System.nanoTime();
      while (!stopping) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        read += records.count();
        reached.putAll(records.nextOffsets());
        if (System.nanoTime() - lastCommit > COMMIT_EVERY.toNanos()) {
          commit(consumer, reached);
          lastCommit = System.nanoTime();
        }
      }
    } catch (WakeupException _) {
      // It is to end.
    } catch (InterruptException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void commit(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> reached) {
    try {
      consumer.commitSync(reached, COMMIT_LIMIT);
      Map<TopicPartition, Long> taken = new HashMap<>();
      reached.forEach((partition, offset) -> taken.put(partition, offset.offset()));
      committed = Map.copyOf(taken);
    } catch (InterruptException | WakeupException e) {
      throw e;
    } catch (KafkaException e) {
      failedCommits++;
    }
  }

  private static Consumer<byte[], byte[]> consumer(
      String bootstrapServers, String group, String withoutOffset) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.GROUP_ID_CONFIG,
            group,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "false",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            withoutOffset,
            // Records come one by one; asking for each of them costs more than they do.
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
            16 << 10,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            200,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            6_000,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            1_500),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
