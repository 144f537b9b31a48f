package io.mooring.localcluster.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Kafka's own way: every replica of one broker is given to another broker, which copies it from the
 * partition's leader.
 */
final class Reassignment implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Admin admin;
  private final String topic;

  Reassignment(String bootstrapServers, String topic) {
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    this.topic = topic;
  }

  /** Creates the topic with two replicas a partition on the given brokers only. */
  void createTopic(int partitions, int brokers) throws InterruptedException, ExecutionException {
    Map<Integer, List<Integer>> assignment = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      assignment.put(i, List.of(i % brokers, (i + 1) % brokers));
    }
    NewTopic wanted =
        new NewTopic(topic, assignment)
            .configs(Map.of("min.insync.replicas", "1", "retention.ms", "-1"));
    admin.createTopics(List.of(wanted)).all().get();
  }

  /** Moves all replicas from one broker to another. Returns when they are copied and in sync. */
  Duration move(int from, int to, Duration limit) throws InterruptedException, ExecutionException {
    Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
    for (TopicPartitionInfo partition : partitions()) {
      List<Integer> replicas =
          new ArrayList<>(partition.replicas().stream().map(Node::id).toList());
      if (replicas.contains(from)) {
        replicas.set(replicas.indexOf(from), to);
        moves.put(
            new TopicPartition(topic, partition.partition()),
            Optional.of(new NewPartitionReassignment(replicas)));
      }
    }
    long started = System.nanoTime();
    admin.alterPartitionReassignments(moves).all().get();
    while (!admin.listPartitionReassignments().reassignments().get().isEmpty() || !isWhole()) {
      if (System.nanoTime() - started > limit.toNanos()) {
        throw new IllegalStateException("reassignment did not end within " + limit);
      }
      Thread.sleep(POLL);
    }
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** Whether every partition has all its replicas in sync. */
  boolean isWhole() throws InterruptedException, ExecutionException {
    return partitions().stream()
        .allMatch(partition ->
            partition.leader() != null && partition.isr().size() == partition.replicas().size());
  }

  private List<TopicPartitionInfo> partitions() throws InterruptedException, ExecutionException {
    return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
