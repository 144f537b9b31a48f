package io.mooring.migrator.kafka;

import io.mooring.migrator.kafka.KafkaCut.GroupOffset;
import io.mooring.migrator.kafka.KafkaCut.Partition;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Reads what a cluster has committed. */
final class KafkaReader implements AutoCloseable {

  static final Duration LIMIT = Duration.ofSeconds(30);

  private final String bootstrapServers;
  private final Admin admin;

  KafkaReader(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Long.toString(LIMIT.toMillis()),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Long.toString(LIMIT.toMillis() / 2)));
  }

  /** Everything that is committed at this moment or became so while it was read. */
  KafkaCut read() throws IOException {
    Instant before = Instant.now();
    String id = get(admin.describeCluster().clusterId());
    Optional<QuorumInfo> metadata = quorum();
    List<Partition> partitions = partitions();
    Set<TopicPartition> there = new HashSet<>();
    partitions.forEach(partition -> there.add(partition.key()));
    List<GroupOffset> offsets = groupOffsets(there);
    partitions.sort(Comparator.comparing(Partition::topic).thenComparing(Partition::partition));
    offsets.sort(
        Comparator.comparing(GroupOffset::group)
            .thenComparing(GroupOffset::topic)
            .thenComparing(GroupOffset::partition));
    return new KafkaCut(
        id,
        before.toString(),
        metadata.map(QuorumInfo::leaderEpoch).map(Long::intValue).orElse(-1),
        metadata.map(QuorumInfo::highWatermark).orElse(-1L),
        partitions,
        offsets);
  }

  /** Those of the topics that delete records by their age or by the size of partitions. */
  Set<String> expiring(Collection<String> topics) throws IOException {
    List<ConfigResource> wanted =
        topics.stream().map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic)).toList();
    Set<String> expiring = new HashSet<>();
    for (Map.Entry<ConfigResource, Config> topic :
        get(admin.describeConfigs(wanted).all()).entrySet()) {
      boolean deletes =
          value(topic.getValue(), TopicConfig.CLEANUP_POLICY_CONFIG).contains("delete");
      boolean limited =
          !value(topic.getValue(), TopicConfig.RETENTION_MS_CONFIG).equals("-1")
              || !value(topic.getValue(), TopicConfig.RETENTION_BYTES_CONFIG).equals("-1");
      if (deletes && limited) {
        expiring.add(topic.getKey().name());
      }
    }
    return expiring;
  }

  private static String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  /** Empty if it is not told: not every cluster lets everybody look. */
  private Optional<QuorumInfo> quorum() throws IOException {
    try {
      return Optional.of(get(admin.describeMetadataQuorum().quorumInfo()));
    } catch (IOException e) {
      if (e.getCause() instanceof ExecutionException cause
          && cause.getCause() instanceof ApiException refusal
          && !(refusal instanceof org.apache.kafka.common.errors.RetriableException)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private List<Partition> partitions() throws IOException {
    Set<String> names = get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    Map<String, TopicDescription> topics = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(names).topicNameValues().entrySet()) {
      unlessDeleted(topic.getValue()).ifPresent(found -> topics.put(topic.getKey(), found));
    }
    Set<TopicPartition> led = new HashSet<>();
    List<Partition> partitions = new ArrayList<>();
    for (TopicDescription topic : topics.values()) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        if (partition.leader() != null && !partition.leader().isEmpty()) {
          led.add(new TopicPartition(topic.name(), partition.partition()));
        } else {
          partitions.add(
              new Partition(
                  topic.name(), topic.topicId().toString(), partition.partition(), -1, -1, -1, -1));
        }
      }
    }
    // Ends first: what is deleted at the beginning meanwhile is not missed then.
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        offsets(led, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> stable =
        offsets(led, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> starts =
        offsets(led, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
    for (TopicPartition partition : led) {
      if (ends.containsKey(partition)
          && stable.containsKey(partition)
          && starts.containsKey(partition)) {
        ListOffsetsResultInfo end = ends.get(partition);
        partitions.add(
            new Partition(
                partition.topic(),
                topics.get(partition.topic()).topicId().toString(),
                partition.partition(),
                starts.get(partition).offset(),
                Math.min(end.offset(), stable.get(partition).offset()),
                end.offset(),
                end.leaderEpoch().orElse(-1)));
      }
    }
    return partitions;
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Set<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation)
      throws IOException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, spec));
    ListOffsetsResult result = admin.listOffsets(wanted, new ListOffsetsOptions(isolation));
    Map<TopicPartition, ListOffsetsResultInfo> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      unlessDeleted(result.partitionResult(partition))
          .ifPresent(offset -> offsets.put(partition, offset));
    }
    return offsets;
  }

  private List<GroupOffset> groupOffsets(Set<TopicPartition> partitions) throws IOException {
    Map<String, ListConsumerGroupOffsetsSpec> wanted = new HashMap<>();
    for (GroupListing group : get(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all())) {
      wanted.put(group.groupId(), new ListConsumerGroupOffsetsSpec());
    }
    List<GroupOffset> offsets = new ArrayList<>();
    if (wanted.isEmpty()) {
      return offsets;
    }
    Map<String, Map<TopicPartition, OffsetAndMetadata>> found =
        get(admin.listConsumerGroupOffsets(wanted).all());
    found.forEach((group, positions) ->
        positions.forEach((partition, position) -> {
          if (position != null && partitions.contains(partition)) {
            offsets.add(
                new GroupOffset(
                    group, partition.topic(), partition.partition(), position.offset()));
          }
        }));
    return offsets;
  }

  private <T> Optional<T> unlessDeleted(KafkaFuture<T> future) throws IOException {
    try {
      return Optional.of(get(future));
    } catch (IOException e) {
      if (e.getCause() instanceof ExecutionException cause
          && cause.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private <T> T get(KafkaFuture<T> future) throws IOException {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw silent(bootstrapServers, e.getCause() == null ? e : e.getCause(), e);
    }
  }

  static IOException silent(String bootstrapServers, Throwable told, Throwable cause) {
    return new IOException(
        "MIG-077 The Kafka cluster at %s did not answer: %s. It is tried again."
            .formatted(bootstrapServers, told),
        cause);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }
}
