package io.mooring.localcluster.capacity;

import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.kafka.VolumeFormat;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How large the demonstration is.
 *
 * @param nodes nodes of the cluster, each with one broker
 * @param controllers Kafka controllers
 * @param pace how fast the brokers fill
 * @param calm how long nothing may happen after the last decision: longer than the cool-down
 * @param limit longest time that the story may take
 */
record CapacitySettings(
    int nodes, int controllers, IngestPace pace, Duration calm, Duration limit) {

  /** How long a person wants to watch, and how long a test may take. */
  enum Scale {
    STANDARD,
    SMALL
  }

  private static final double MIB = 1 << 20;
  private static final Duration CALM = Duration.ofSeconds(15);

  static CapacitySettings of(Scale scale, boolean faults) {
    // With faults, the room that is left at a threshold has to last for an outage.
    Duration lasts = faults ? Duration.ofSeconds(30) : Duration.ofSeconds(6);
    Duration limit = faults ? Duration.ofMinutes(12) : Duration.ofMinutes(6);
    return switch (scale) {
      case STANDARD -> new CapacitySettings(4, 3, new IngestPace(12 * MIB, lasts), CALM, limit);
      case SMALL -> new CapacitySettings(2, 1, new IngestPace(20 * MIB, lasts), CALM, limit);
    };
  }

  ClusterSettings cluster(String name, Path home, Path rules, long volumeBytes) {
    return ClusterSettings.of(name, home)
        .withNodes(nodes)
        .withKafka(new ClusterSettings.KafkaSize(controllers, nodes, volumeBytes, VolumeFormat.XFS))
        .withRules(rules);
  }
}
