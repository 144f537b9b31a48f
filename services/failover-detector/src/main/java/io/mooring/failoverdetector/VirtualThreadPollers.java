package io.mooring.failoverdetector;

import io.mooring.failoverdetector.brokers.ClusterPoller;
import io.mooring.failoverdetector.config.DetectorConfig;
import io.mooring.failoverdetector.retention.PodNames;
import io.mooring.failoverdetector.retention.RetentionPoller;
import io.mooring.failoverdetector.stream.ClusterExchange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Two virtual threads per cluster: one for its brokers, and one that may be slow. */
final class VirtualThreadPollers implements ClusterExchange.Pollers {

  private record Running(ClusterPoller brokers, RetentionPoller retention) {
    void close() {
      brokers.close();
      retention.close();
    }
  }

  private final DetectorConfig config;
  private final Supplier<ClusterExchange> exchange;
  private final Map<String, Running> running = new HashMap<>();

  /**
   * @param exchange gets what they read
   */
  VirtualThreadPollers(DetectorConfig config, Supplier<ClusterExchange> exchange) {
    this.config = config;
    this.exchange = exchange;
  }

  @Override
  public synchronized void start(String name, String bootstrapServers) {
    stop(name);
    var pace =
        new ClusterPoller.Pace(config.brokers().pollInterval(), config.brokers().requestTimeout());
    running.put(
        name,
        new Running(
            ClusterPoller.start(
                name, bootstrapServers, pace, reading -> exchange.get().offer(name, reading)),
            RetentionPoller.start(
                name,
                bootstrapServers,
                config.brokers().retentionInterval(),
                pods(name),
                facts -> exchange.get().offer(name, facts))));
  }

  private PodNames pods(String cluster) {
    Optional<DetectorConfig.Cluster> known = Optional.ofNullable(config.clusters().get(cluster));
    return new PodNames(
        known.flatMap(DetectorConfig.Cluster::pods),
        known.flatMap(DetectorConfig.Cluster::namespace));
  }

  @Override
  public synchronized void stop(String name) {
    Running stopped = running.remove(name);
    if (stopped != null) {
      stopped.close();
    }
  }

  @Override
  public synchronized void stopAll() {
    running.values().forEach(Running::close);
    running.clear();
  }
}
