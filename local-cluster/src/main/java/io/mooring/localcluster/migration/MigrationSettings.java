package io.mooring.localcluster.migration;

import io.mooring.localcluster.ClusterSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How large the demonstration is.
 *
 * @param nodes of the source
 * @param controllers pods of Kafka's quorum
 * @param brokers pods that hold data
 * @param targetNodes of the target
 * @param volumeBytes size of a broker's volume
 * @param historyRecords records that the brokers hold before anything happens
 * @param historyPerSecond rate at which they are loaded
 * @param recordsPerSecond steady load from then on
 * @param partitions partitions of each topic
 * @param between time of load between two migrations
 * @param limit longest time to wait for anything
 */
record MigrationSettings(
    int nodes,
    int controllers,
    int brokers,
    int targetNodes,
    long volumeBytes,
    int historyRecords,
    int historyPerSecond,
    int recordsPerSecond,
    int partitions,
    Duration between,
    Duration limit) {

  /** How long a person wants to watch, and how long a test may take. */
  enum Scale {
    STANDARD,
    SMALL
  }

  private static final int FAILOVER_HISTORY = 100_000;
  private static final Duration LIMIT = Duration.ofMinutes(4);

  static MigrationSettings of(Scale scale) {
    return switch (scale) {
      case STANDARD ->
          new MigrationSettings(
              4, 3, 4, 3, 1L << 30, 600_000, 40_000, 250, 8, Duration.ofSeconds(10), LIMIT);
      case SMALL ->
          new MigrationSettings(
              2, 1, 2, 2, 1L << 30, 200_000, 40_000, 200, 4, Duration.ofSeconds(5), LIMIT);
    };
  }

  /** What fails over twice, in two directions, has less to carry. */
  MigrationSettings forFailover() {
    return new MigrationSettings(
        nodes,
        controllers,
        brokers,
        targetNodes,
        volumeBytes,
        FAILOVER_HISTORY,
        historyPerSecond,
        recordsPerSecond,
        partitions,
        between,
        limit);
  }

  int pods() {
    return controllers + brokers;
  }

  ClusterSettings cluster(String name, Path home) {
    return ClusterSettings.of(name, home)
        .withNodes(nodes)
        .withKafka(new ClusterSettings.KafkaSize(controllers, brokers, volumeBytes))
        .withStore(name);
  }
}
