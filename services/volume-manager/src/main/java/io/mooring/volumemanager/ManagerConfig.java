package io.mooring.volumemanager;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What can be set. Besides this, {@code kafka.*} configures all Kafka clients and {@code
 * mp.messaging.connector.smallrye-kafka.apicurio.registry.url} names the schema registry, as in
 * every Mooring service.
 */
@ConfigMapping(prefix = "mooring.manager")
public interface ManagerConfig {

  /** Instances that share the work have the same; set it to run two systems on one Kafka. */
  @WithDefault("volume-manager")
  String applicationId();

  /** {@code host:port} under which other instances reach this one; for more than one instance. */
  Optional<String> advertisedAddress();

  /** Unix socket of the CSI controller; set where an orchestrator is to be served. */
  Optional<Path> csiSocket();

  /** Directory of the state stores. What is lost there is read back from Kafka. */
  @WithDefault("/var/lib/mooring/volume-manager")
  Path stateDir();

  /**
   * How long a replica may be out of reach before it is replaced. Raise it if nodes are regularly
   * away for longer and copying a volume costs more than the missing redundancy.
   */
  @WithDefault("10m")
  Duration replaceAfter();

  /** How long a request waits for the answer to its command. */
  @WithDefault("10s")
  Duration commandTimeout();

  /** How long a repeated command gets the same answer. */
  @WithDefault("1h")
  Duration answersKept();

  /**
   * Replicas that a rebalance moves at the same time. Each move is one resync; raise it where many
   * nodes have bandwidth and drives to spare.
   */
  @WithDefault("2")
  int rebalanceMovesMax();

  /** Longest time that a decision waits for its commit; heads wait for decisions. */
  @WithDefault("20ms")
  Duration commitInterval();

  /** Replicas of the control topics that this service creates; as many as brokers, up to 3. */
  OptionalInt topicReplicas();
}
