package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that the catalogue needs; may be repeated, and run by several instances. */
public final class TopicSetup {

  private static final int REPLICAS_WANTED = 3;

  /** What was judged about nodes is kept in a store; the copies only carry it there. */
  private static final Duration VERDICTS_KEPT = Duration.ofDays(1);

  private TopicSetup() {}

  /**
   * Creates what is missing.
   *
   * @param replicas replicas of each topic; absent for as many as there are brokers, up to 3
   * @return the number of replicas used
   */
  public static int createMissing(Map<String, Object> kafka, OptionalInt replicas)
      throws InterruptedException {
    try (Admin admin = Admin.create(kafka)) {
      int used = replicas.isPresent() ? replicas.getAsInt() : affordableReplicas(admin);
      ControlTopics.createMissing(admin, used);
      createVerdicts(admin, used);
      return used;
    }
  }

  private static int affordableReplicas(Admin admin) throws InterruptedException {
    try {
      return Math.min(REPLICAS_WANTED, admin.describeCluster().nodes().get().size());
    } catch (ExecutionException e) {
      throw new KafkaException("cannot count the brokers: " + e.getCause().getMessage(), e);
    }
  }

  private static void createVerdicts(Admin admin, int replicas) throws InterruptedException {
    NewTopic topic =
        new NewTopic(
                CatalogueTopology.VERDICTS_TOPIC, CatalogueTopology.PARTITIONS, (short) replicas)
            .configs(
                Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(VERDICTS_KEPT.toMillis())));
    try {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(
            "cannot create " + topic.name() + ": " + e.getCause().getMessage(), e);
      }
    }
  }
}
