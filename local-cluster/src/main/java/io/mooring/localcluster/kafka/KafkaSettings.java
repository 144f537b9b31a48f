package io.mooring.localcluster.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings of Kafka processes that share a small machine with many others. */
public final class KafkaSettings {

  private KafkaSettings() {}

  /** What all of them have in common. */
  public static Map<String, String> common(Path data) {
    Map<String, String> settings = new HashMap<>();
    settings.put("log.dirs", data.toString());
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("auto.create.topics.enable", "false");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("num.recovery.threads.per.data.dir", "2");
    settings.put("log.cleaner.dedupe.buffer.size", "4194304");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("transaction.partition.verification.enable", "true");
    return settings;
  }

  /** Replication of the topics that Kafka makes for itself. */
  public static Map<String, String> internalTopics(int replication, int minInSync) {
    return Map.of(
        "offsets.topic.replication.factor", Integer.toString(replication),
        "transaction.state.log.replication.factor", Integer.toString(replication),
        "transaction.state.log.min.isr", Integer.toString(minInSync),
        "share.coordinator.state.topic.replication.factor", Integer.toString(replication),
        "share.coordinator.state.topic.min.isr", Integer.toString(minInSync),
        "default.replication.factor", Integer.toString(replication),
        "min.insync.replicas", Integer.toString(minInSync));
  }
}
