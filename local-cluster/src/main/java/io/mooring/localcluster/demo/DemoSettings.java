package io.mooring.localcluster.demo;

import java.time.Duration;

/**
 * How large the demonstration is.
 *
 * @param historyRecords records that the brokers hold before anything happens
 * @param historyPerSecond rate at which they are loaded
 * @param recordsPerSecond steady load while the node dies
 * @param partitions partitions of each topic
 * @param calm time of steady load before the fault, and after the recovery
 * @param limit longest time to wait for any recovery
 */
record DemoSettings(
    int historyRecords,
    int historyPerSecond,
    int recordsPerSecond,
    int partitions,
    Duration calm,
    Duration limit) {

  /** How long a person wants to watch, and how long a test may take. */
  enum Scale {
    STANDARD,
    SMALL
  }

  static DemoSettings of(Scale scale) {
    return switch (scale) {
      case STANDARD ->
          new DemoSettings(
              1_500_000, 40_000, 2_000, 8, Duration.ofSeconds(6), Duration.ofSeconds(120));
      case SMALL ->
          new DemoSettings(800_000, 40_000, 500, 4, Duration.ofSeconds(3), Duration.ofSeconds(120));
    };
  }
}
