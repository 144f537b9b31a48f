package io.mooring.volumemanager.catalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;

/**
 * How the topology is run. A head holds acknowledgements until its report is decided and committed,
 * so waiting is kept short everywhere.
 *
 * @param kafka configuration of all Kafka clients
 * @param applicationId instances with the same share the work
 * @param self address under which other instances reach this one
 * @param stateDir directory of the state stores
 * @param commitInterval longest time that a decision waits for its commit
 * @param replicas replicas of internal topics
 */
public record StreamsConfiguration(
    Map<String, Object> kafka,
    String applicationId,
    HostInfo self,
    Path stateDir,
    Duration commitInterval,
    int replicas) {

  private static final String SECOND = "1000";

  /** Shorter than the commit interval: the thread commits only between two polls. */
  private static final String POLL_MS = "5";

  /** As the smallest that brokers allow by default; a killed instance is replaced after it. */
  private static final String SESSION_TIMEOUT_MS = "6000";

  private static final String HEARTBEAT_MS = "1500";

  /** Readers of committed records wait for the open transaction of a killed instance. */
  private static final String TRANSACTION_TIMEOUT_MS = "6000";

  public Properties asProperties() {
    Properties config = new Properties();
    config.putAll(kafka);
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    config.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port());
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Long.toString(commitInterval.toMillis()));
    config.put(StreamsConfig.POLL_MS_CONFIG, POLL_MS);
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "1");
    // Another instance has the stores already when it takes over.
    config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, "1");
    config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, Integer.toString(replicas));
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
    config.put(StreamsConfig.RETRY_BACKOFF_MS_CONFIG, "100");
    // An instance without a name in the group hands its volumes over at once, too.
    config.put("internal.leave.group.on.close", "true");
    config.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        SESSION_TIMEOUT_MS);
    config.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        HEARTBEAT_MS);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.METADATA_MAX_AGE_CONFIG), "30000");
    config.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG), SECOND);
    config.put(
        StreamsConfig.producerPrefix(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG), SECOND);
    config.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        TRANSACTION_TIMEOUT_MS);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), "0");
    return config;
  }
}
