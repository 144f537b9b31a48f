package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.liveness.Trace;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must outlive the detector: an incident that it saw begin is followed to its end after a
 * restart.
 */
public record RememberedCluster(
    String name,
    String bootstrapServers,
    Map<Integer, BrokerStatus> brokers,
    @Nullable Incident incident) {

  /** A loss of redundancy from its first BrokerDown on. */
  public record Incident(long sinceMs, Trace trace) {}

  /** A cluster that was never read. */
  public static RememberedCluster unread(String name, String bootstrapServers) {
    return new RememberedCluster(name, bootstrapServers, Map.of(), null);
  }

  public RememberedCluster {
    brokers = Map.copyOf(brokers);
  }

  /** The same cluster at another address. */
  public RememberedCluster at(String newBootstrapServers) {
    return new RememberedCluster(name, newBootstrapServers, brokers, incident);
  }
}
