package io.mooring.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the control topics as the catalogue says, and refuses to run on topics that differ from
 * it.
 */
public final class ControlTopics {

  /**
   * Segments are deleted or compacted only once they are closed, so short retention needs short
   * segments.
   */
  private static final Duration SEGMENT_MAX = Duration.ofHours(1);

  private static final int SEGMENTS_PER_RETENTION = 4;

  private static final Duration LABELS_KEPT = Duration.ofHours(6);

  private ControlTopics() {}

  /**
   * Creates every control topic that does not exist. Several services may do this at once.
   *
   * @return the topics that this call created
   * @throws ControlTopicException EVT-001 if an existing topic has another number of partitions:
   *     keys would move
   */
  public static List<ControlTopic> createMissing(Admin admin, int replicationFactor)
      throws InterruptedException {
    Set<String> existing = await("list topics", () -> admin.listTopics().names().get());
    List<ControlTopic> created = new ArrayList<>();
    List<String> toCheck = new ArrayList<>();
    for (ControlTopic topic : ControlTopic.values()) {
      if (!existing.contains(topic.topicName())
          && create(admin, newTopic(topic, replicationFactor))) {
        created.add(topic);
      } else {
        toCheck.add(topic.topicName());
      }
    }
    checkPartitions(
        await("describe topics", () -> admin.describeTopics(toCheck).allTopicNames().get()));
    return created;
  }

  /**
   * Definition of one topic; needs two in-sync copies of each record as soon as there are three
   * replicas.
   */
  public static NewTopic newTopic(ControlTopic topic, int replicationFactor) {
    Map<String, String> config = new LinkedHashMap<>();
    switch (topic.lifetime()) {
      case TopicLifetime.State _ -> {
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        config.put(TopicConfig.SEGMENT_MS_CONFIG, millis(SEGMENT_MAX));
        if (topic == ControlTopic.VOLUME_LABELS) {
          // For as long as measurements are kept it can be told which rules selected a volume.
          config.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, millis(LABELS_KEPT));
        }
      }
      case TopicLifetime.Event(Duration retention) -> putRetention(config, retention);
      case TopicLifetime.Command(Duration retention) -> putRetention(config, retention);
    }
    if (topic == ControlTopic.NODE_HEARTBEATS) {
      // The age of a beat must not depend on the clock of the node that sent it.
      config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    }
    config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicationFactor >= 3 ? "2" : "1");
    return new NewTopic(topic.topicName(), topic.partitions(), (short) replicationFactor)
        .configs(config);
  }

  private static void putRetention(Map<String, String> config, Duration retention) {
    Duration segment = retention.dividedBy(SEGMENTS_PER_RETENTION);
    config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    config.put(TopicConfig.RETENTION_MS_CONFIG, millis(retention));
    config.put(
        TopicConfig.SEGMENT_MS_CONFIG,
        millis(segment.compareTo(SEGMENT_MAX) < 0 ? segment : SEGMENT_MAX));
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  /** Returns false if another process was faster. */
  private static boolean create(Admin admin, NewTopic topic) throws InterruptedException {
    try {
      admin.createTopics(List.of(topic)).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw unreachable("create topic " + topic.name(), e);
    }
  }

  private static void checkPartitions(Map<String, TopicDescription> descriptions) {
    for (ControlTopic topic : ControlTopic.values()) {
      TopicDescription found = descriptions.get(topic.topicName());
      if (found != null && found.partitions().size() != topic.partitions()) {
        throw new ControlTopicException(
            "EVT-001",
            "Control topic '%s' has %d partitions, the catalogue says %d."
                .formatted(topic.topicName(), found.partitions().size(), topic.partitions()),
            "Records of one key would be spread over two partitions and lose their order.",
            "Delete the topic while all services are stopped, or give Mooring a cluster of its own.");
      }
    }
  }

  private interface AdminCall<T> {
    T run() throws InterruptedException, ExecutionException;
  }

  private static <T> T await(String action, AdminCall<T> call) throws InterruptedException {
    try {
      return call.run();
    } catch (ExecutionException e) {
      throw unreachable(action, e);
    }
  }

  private static ControlTopicException unreachable(String action, ExecutionException e) {
    return new ControlTopicException(
        "EVT-006",
        "The control Kafka did not " + action + ": " + e.getCause().getMessage(),
        "It is down, unreachable, or does not allow it.",
        "Check kafka.bootstrap.servers and the broker's log; the call may be repeated safely.",
        e);
  }
}
