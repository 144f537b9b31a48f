package io.mooring.localcluster.demo;

import io.mooring.localcluster.process.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;

/** The topics of a run and what the brokers say about them. */
public final class Topics implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Admin admin;
  private final List<String> names = new ArrayList<>();
  private final List<TopicPartition> partitions = new ArrayList<>();

  public Topics(String bootstrapServers) {
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "request.timeout.ms", 5_000,
                "default.api.timeout.ms", 60_000));
  }

  /** Creates a topic with two replicas a partition, as in the paper. */
  public void create(String name, int count) throws InterruptedException {
    create(new NewTopic(name, Optional.of(count), Optional.of((short) 2)), count);
  }

  /** Creates a topic whose replicas are on these brokers, by partition. */
  public void create(String name, Map<Integer, List<Integer>> replicas)
      throws InterruptedException {
    create(new NewTopic(name, replicas), replicas.size());
  }

  private void create(NewTopic topic, int count) throws InterruptedException {
    topic.configs(Map.of("min.insync.replicas", "1"));
    await(admin.createTopics(List.of(topic)).all());
    names.add(topic.name());
    List<TopicPartition> created =
        IntStream.range(0, count).mapToObj(i -> new TopicPartition(topic.name(), i)).toList();
    partitions.addAll(created);
    awaitLeaders(created);
  }

  /**
   * Each leader answers for its partitions. One that does not know yet that it leads refuses a
   * producer's first batch and, a moment later, takes the second: it has no earlier one to miss.
   * The first one is then out of order for as long as the producer tries. A broker that has not
   * heard of the topic at all says that there is none.
   */
  private void awaitLeaders(List<TopicPartition> created) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    created.forEach(partition -> ends.put(partition, OffsetSpec.latest()));
    Await.until(
        "the leaders of a new topic answer",
        "the logs of the brokers",
        LIMIT,
        () -> answers(admin.listOffsets(ends).all()));
  }

  private static boolean answers(Future<?> answer) throws InterruptedException {
    try {
      answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        return false;
      }
      throw silent(e);
    } catch (TimeoutException e) {
      throw silent(e);
    }
  }

  /** Every partition of every topic that was created here. */
  public List<TopicPartition> partitions() {
    return List.copyOf(partitions);
  }

  /** Paths of a broker's log directories, as they are within the node that it is on. */
  public Set<String> logDirectories(int brokerId, String node) throws InterruptedException {
    Set<String> paths = new TreeSet<>();
    // All nodes share this machine's file tree; on machines of their own the prefix is not there.
    await(admin.describeLogDirs(List.of(brokerId)).allDescriptions())
        .getOrDefault(brokerId, Map.of())
        .keySet()
        .forEach(path ->
            paths.add(
                path.substring(path.indexOf("/nodes/" + node + "/") + 1)
                    .replaceFirst("^nodes/" + node, "")));
    return paths;
  }

  /** Whether every partition has as many in-sync replicas as it should have. */
  public boolean isFullyReplicated() throws InterruptedException {
    return await(admin.describeTopics(names).allTopicNames()).values().stream()
        .flatMap(topic -> topic.partitions().stream())
        .allMatch(Topics::isFull);
  }

  private static boolean isFull(TopicPartitionInfo partition) {
    return partition.leader() != null && partition.isr().size() == partition.replicas().size();
  }

  private static <T> T await(Future<T> answer) throws InterruptedException {
    try {
      return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw silent(e);
    }
  }

  private static IllegalStateException silent(Exception e) {
    return new IllegalStateException("the managed Kafka did not answer: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
