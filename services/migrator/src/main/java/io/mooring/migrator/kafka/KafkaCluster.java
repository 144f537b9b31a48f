package io.mooring.migrator.kafka;

import io.mooring.migrator.kafka.KafkaCut.GroupOffset;
import io.mooring.migrator.kafka.KafkaCut.Partition;
import io.mooring.migrator.kafka.KafkaReport.Finding;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** A Kafka cluster that is moved, or that was made of what was moved. */
public final class KafkaCluster {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String bootstrapServers;

  public KafkaCluster(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** What is committed at this moment, partition by partition. */
  public KafkaCut cut() throws IOException {
    try (Admin admin = connect()) {
      Instant before = Instant.now();
      String id = get(admin.describeCluster().clusterId());
      List<Partition> partitions = new ArrayList<>();
      ends(admin)
          .forEach((partition, end) ->
              partitions.add(
                  new Partition(
                      partition.topic(),
                      partition.partition(),
                      end.offset(),
                      end.leaderEpoch().orElse(-1))));
      List<GroupOffset> offsets = new ArrayList<>();
      groupOffsets(admin)
          .forEach((group, positions) ->
              positions.forEach((partition, offset) ->
                  offsets.add(
                      new GroupOffset(group, partition.topic(), partition.partition(), offset))));
      partitions.sort(Comparator.comparing(Partition::topic).thenComparing(Partition::partition));
      offsets.sort(
          Comparator.comparing(GroupOffset::group)
              .thenComparing(GroupOffset::topic)
              .thenComparing(GroupOffset::partition));
      return new KafkaCut(id, before.toString(), partitions, offsets);
    }
  }

  /** Whether everything below a cut is here. */
  public KafkaReport check(KafkaCut cut) throws IOException {
    try (Admin admin = connect()) {
      List<Finding> findings = new ArrayList<>();
      String id = get(admin.describeCluster().clusterId());
      if (!id.equals(cut.clusterId())) {
        findings.add(new Finding("cluster id", cut.clusterId(), id));
      }
      Map<TopicPartition, ListOffsetsResultInfo> ends = ends(admin);
      long missing = 0;
      long beyond = 0;
      for (Partition partition : cut.partitions()) {
        ListOffsetsResultInfo end =
            ends.get(new TopicPartition(partition.topic(), partition.partition()));
        long found = end == null ? 0 : end.offset();
        beyond += Math.max(0, found - partition.highWatermark());
        if (found < partition.highWatermark()) {
          missing += partition.highWatermark() - found;
          findings.add(
              new Finding(
                  "partition %s-%d".formatted(partition.topic(), partition.partition()),
                  "end " + partition.highWatermark(),
                  end == null ? "no such partition" : "end " + found));
        }
      }
      Map<String, Map<TopicPartition, Long>> groups = groupOffsets(admin);
      for (GroupOffset offset : cut.offsets()) {
        Long found =
            groups
                .getOrDefault(offset.group(), Map.of())
                .get(new TopicPartition(offset.topic(), offset.partition()));
        if (found == null || found < offset.offset()) {
          findings.add(
              new Finding(
                  "group %s at %s-%d".formatted(offset.group(), offset.topic(), offset.partition()),
                  Long.toString(offset.offset()),
                  String.valueOf(found)));
        }
      }
      return new KafkaReport(
          findings.isEmpty(),
          id,
          cut.partitions().size(),
          cut.offsets().size(),
          missing,
          beyond,
          findings);
    }
  }

  private Admin connect() {
    return Admin.create(
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            Long.toString(LIMIT.toMillis()),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Long.toString(LIMIT.toMillis() / 2)));
  }

  private Map<TopicPartition, ListOffsetsResultInfo> ends(Admin admin) throws IOException {
    Set<String> topics = get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription topic : get(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(partition ->
              wanted.put(
                  new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest()));
    }
    return get(admin.listOffsets(wanted).all());
  }

  private Map<String, Map<TopicPartition, Long>> groupOffsets(Admin admin) throws IOException {
    Map<String, ListConsumerGroupOffsetsSpec> wanted = new HashMap<>();
    for (GroupListing group : get(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all())) {
      wanted.put(group.groupId(), new ListConsumerGroupOffsetsSpec());
    }
    Map<String, Map<TopicPartition, Long>> offsets = new HashMap<>();
    if (!wanted.isEmpty()) {
      Map<String, Map<TopicPartition, OffsetAndMetadata>> found =
          get(admin.listConsumerGroupOffsets(wanted).all());
      found.forEach((group, positions) -> {
        Map<TopicPartition, Long> known = new HashMap<>();
        positions.forEach((partition, position) -> {
          if (position != null) {
            known.put(partition, position.offset());
          }
        });
        offsets.put(group, known);
      });
    }
    return offsets;
  }

  private <T> T get(KafkaFuture<T> future) throws IOException {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "MIG-077 The Kafka cluster at %s did not answer: %s. It is tried again."
              .formatted(bootstrapServers, e.getCause() == null ? e : e.getCause()),
          e);
    }
  }
}
