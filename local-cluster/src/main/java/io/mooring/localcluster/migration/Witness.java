package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.localcluster.load.GroupReader;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LedgerCheck;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.services.ServicePrograms;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Looks at Kafka on the other cluster, from within its network, and holds it against the cut. */
final class Witness implements AutoCloseable {

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final String TOPIC = "written-there";
  private static final int RECORDS = 100;

  private final String bootstrapServers;
  private final Duration limit;
  private final Admin admin;

  /**
   * Connects.
   *
   * @param limit longest time to wait for anything
   */
  Witness(String bootstrapServers, Duration limit) {
    this.bootstrapServers = bootstrapServers;
    this.limit = limit;
    this.admin =
        Admin.create(
            Map.of("bootstrap.servers", bootstrapServers, "reconnect.backoff.max.ms", "500"));
  }

  TargetFindings look(KafkaCut cut, Ledger ledger, String group)
      throws IOException, InterruptedException {
    List<TopicDescription> topics = awaitLeaders();
    LedgerVerdict verdict = LedgerCheck.run(bootstrapServers, ledger, cut.ends(), limit);
    int brokers = get(admin.describeCluster().nodes()).size();
    return new TargetFindings(
        get(admin.describeCluster().clusterId()),
        brokers,
        watched(brokers),
        topics.stream().mapToInt(topic -> topic.partitions().size()).sum(),
        withoutLeader(topics),
        verdict,
        groups(cut, group),
        write());
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }

  /** Brokers that the failover-detector sees serving, as soon as these are all. */
  private int watched(int brokers) throws InterruptedException {
    long deadline = System.nanoTime() + ANSWER_LIMIT.toNanos();
    try (RestDoor detector = new RestDoor(ServicePrograms.detectorUrl())) {
      while (true) {
        int serving = 0;
        for (JsonNode broker : detector.get("/brokers")) {
          serving += broker.path("downSince").isNull() ? 1 : 0;
        }
        if (serving == brokers || System.nanoTime() - deadline > 0) {
          return serving;
        }
        Thread.sleep(POLL);
      }
    }
  }

  private List<TopicDescription> awaitLeaders() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Set<String> names = get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
      List<TopicDescription> topics =
          List.copyOf(get(admin.describeTopics(names).allTopicNames()).values());
      if (withoutLeader(topics) == 0 || System.nanoTime() - deadline > 0) {
        return topics;
      }
      Thread.sleep(POLL);
    }
  }

  private static int withoutLeader(List<TopicDescription> topics) {
    return Math.toIntExact(
        topics.stream()
            .flatMap(topic -> topic.partitions().stream())
            .filter(partition ->
                Optional.ofNullable(partition.leader()).map(Node::isEmpty).orElse(true))
            .count());
  }

  private List<TargetFindings.GroupPosition> groups(KafkaCut cut, String group)
      throws IOException, InterruptedException {
    Map<TopicPartition, Long> recorded = cut.offsetsOf(group);
    List<TopicPartition> partitions = List.copyOf(recorded.keySet());
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    Map<TopicPartition, Long> resumed =
        GroupReader.resume(bootstrapServers, group, partitions, limit);
    List<TargetFindings.GroupPosition> found = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      found.add(
          new TargetFindings.GroupPosition(
              partition.topic(),
              partition.partition(),
              recorded.get(partition),
              offset == null ? -1 : offset.offset(),
              resumed.getOrDefault(partition, -1L),
              get(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all())
                  .get(partition)
                  .offset()));
    }
    return found;
  }

  private long write() throws IOException, InterruptedException {
    if (!get(admin.listTopics().names()).contains(TOPIC)) {
      NewTopic topic = new NewTopic(TOPIC, Optional.of(4), Optional.of((short) 2));
      get(admin.createTopics(List.of(topic)).all());
    }
    long written = 0;
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        sent.add(producer.send(new ProducerRecord<>(TOPIC, i % 4, null, new byte[100])));
      }
      for (Future<?> each : sent) {
        get(each);
        written++;
      }
    }
    return written;
  }

  private static <T> T get(Future<T> answer) throws IOException, InterruptedException {
    try {
      return answer.get(ANSWER_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("Kafka did not answer: " + e, e);
    }
  }
}
