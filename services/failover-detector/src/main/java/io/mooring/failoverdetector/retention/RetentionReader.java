package io.mooring.failoverdetector.retention;

import io.mooring.failoverdetector.retention.LogReading.Broker;
import io.mooring.failoverdetector.retention.LogReading.Directory;
import io.mooring.failoverdetector.retention.LogReading.Replica;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Reads logs through Kafka's admin client. Requests have no limits but the client's own; a broker
 * that does not answer is missing from the reading, and its volume has no ceiling.
 */
final class RetentionReader {

  private static final String CHECK_INTERVAL = "log.retention.check.interval.ms";
  private static final long CHECK_INTERVAL_MS = Duration.ofMinutes(5).toMillis();

  /** What expires later matters to no cool-down. */
  private static final long LOOK_AHEAD_MS = Duration.ofDays(1).toMillis();

  private final Admin admin;

  RetentionReader(Admin admin) {
    this.admin = admin;
  }

  /** Asks for everything once. */
  LogReading read() throws ExecutionException, InterruptedException {
    var nodes = admin.describeCluster().nodes().get();
    Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    Map<String, TopicRetention> topics = new HashMap<>();
    configs(ConfigResource.Type.TOPIC, names)
        .forEach((name, config) -> topics.put(name, TopicRetention.of(config)));
    Map<String, Config> brokerConfigs =
        configs(ConfigResource.Type.BROKER, nodes.stream().map(Node::idString).toList());
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    var answers = admin.describeLogDirs(nodes.stream().map(Node::id).toList()).descriptions();
    List<Broker> brokers = new ArrayList<>();
    for (Node node : nodes) {
      Config config = brokerConfigs.get(node.idString());
      Optional<Map<String, LogDirDescription>> told = answered(answers.get(node.id()));
      if (told.isPresent() && config != null) {
        long checkMs = TopicRetention.number(config, CHECK_INTERVAL, CHECK_INTERVAL_MS);
        brokers.add(new Broker(node.id(), node.host(), checkMs, directories(told.get())));
      }
    }
    return new LogReading(at, brokers, topics, expiring(brokers, topics, at));
  }

  private Map<String, Config> configs(ConfigResource.Type type, Iterable<String> names)
      throws InterruptedException {
    List<ConfigResource> resources = new ArrayList<>();
    names.forEach(name -> resources.add(new ConfigResource(type, name)));
    Map<String, Config> known = new HashMap<>();
    for (var answer : admin.describeConfigs(resources).values().entrySet()) {
      answered(answer.getValue()).ifPresent(config -> known.put(answer.getKey().name(), config));
    }
    return known;
  }

  /** A topic may be deleted, and a broker die, between two requests. */
  private static <T> Optional<T> answered(KafkaFuture<T> future) throws InterruptedException {
    try {
      return Optional.of(future.get());
    } catch (ExecutionException _) {
      return Optional.empty();
    }
  }

  private static List<Directory> directories(Map<String, LogDirDescription> told) {
    List<Directory> directories = new ArrayList<>();
    told.forEach((path, directory) -> {
      if (directory.error() == null
          && directory.totalBytes().isPresent()
          && directory.usableBytes().isPresent()) {
        long total = directory.totalBytes().getAsLong();
        Map<TopicPartition, Replica> replicas = new HashMap<>();
        directory
            .replicaInfos()
            .forEach((partition, info) ->
                replicas.put(partition, new Replica(info.size(), info.isFuture())));
        directories.add(
            new Directory(path, total, total - directory.usableBytes().getAsLong(), replicas));
      }
    });
    return directories;
  }

  /** Of logs of which whole segments may expire; few logs are so large. */
  private Map<TopicPartition, List<Double>> expiring(
      List<Broker> brokers, Map<String, TopicRetention> topics, Instant at)
      throws InterruptedException {
    Map<TopicPartition, TopicRetention> asked = new HashMap<>();
    for (Broker broker : brokers) {
      for (Directory directory : broker.directories()) {
        directory
            .replicas()
            .forEach((partition, replica) -> {
              TopicRetention retention =
                  topics.getOrDefault(partition.topic(), TopicRetention.NONE);
              if (retention.limitsAge() && replica.sizeBytes() > retention.segmentBytes()) {
                asked.put(partition, retention);
              }
            });
      }
    }
    Map<TopicPartition, Long> first = offsets(asked.keySet(), _ -> OffsetSpec.earliest());
    Map<TopicPartition, Long> next = offsets(first.keySet(), _ -> OffsetSpec.latest());
    Map<TopicPartition, List<Double>> shares = new HashMap<>();
    Set<TopicPartition> left = new HashSet<>(next.keySet());
    left.removeIf(partition -> next.get(partition) <= first.get(partition));
    for (int part = 1; part < TopicRetention.PARTS && !left.isEmpty(); part++) {
      int parts = part;
      left.removeIf(partition -> asked.get(partition).expiredAfterMs(parts) > LOOK_AHEAD_MS);
      Map<TopicPartition, Long> kept =
          offsets(left, partition -> keptFrom(asked.get(partition), parts, at));
      left.retainAll(kept.keySet());
      for (TopicPartition partition : left) {
        // None is kept if there is no younger record.
        long from = kept.get(partition) < 0 ? next.get(partition) : kept.get(partition);
        double records = next.get(partition) - first.get(partition);
        shares
            .computeIfAbsent(partition, _ -> new ArrayList<>())
            .add(Math.clamp((from - first.get(partition)) / records, 0, 1));
      }
    }
    return shares;
  }

  /** The first record that is not too old after so many parts of the retention time. */
  private static OffsetSpec keptFrom(TopicRetention retention, int parts, Instant at) {
    return OffsetSpec.forTimestamp(
        at.toEpochMilli() - retention.ageMsMax() + retention.expiredAfterMs(parts));
  }

  private Map<TopicPartition, Long> offsets(
      Set<TopicPartition> partitions, Function<TopicPartition, OffsetSpec> spec)
      throws InterruptedException {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    ListOffsetsResult result =
        admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, spec)));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      answered(result.partitionResult(partition))
          .map(ListOffsetsResultInfo::offset)
          .ifPresent(offset -> offsets.put(partition, offset));
    }
    return offsets;
  }
}
