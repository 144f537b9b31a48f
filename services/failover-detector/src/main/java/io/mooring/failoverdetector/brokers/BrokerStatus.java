package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import io.mooring.failoverdetector.liveness.Trace;
import java.util.Set;

/**
 * What the detector holds of a broker. Times are wall-clock milliseconds, because they outlive the
 * process.
 *
 * <pre>
 *   answers --> Serving --fenced or gone--> Down --registered and answers--> Serving
 * </pre>
 */
public sealed interface BrokerStatus {

  Endpoint endpoint();

  /** Registered, and it answered. */
  record Serving(Endpoint endpoint) implements BrokerStatus {
    Down fail(long atMs, Trace trace, Set<String> led) {
      return new Down(endpoint, atMs, trace, led);
    }
  }

  /**
   * Fenced or gone.
   *
   * @param endpoint where it listened last
   * @param orphaned partitions that it led and whose new leaders have not been announced; empty
   *     once they are
   */
  record Down(Endpoint endpoint, long sinceMs, Trace trace, Set<String> orphaned)
      implements BrokerStatus {

    public Down {
      orphaned = Set.copyOf(orphaned);
    }

    Down adopted(Trace next) {
      return new Down(endpoint, sinceMs, next, Set.of());
    }

    Serving returnTo(Endpoint newEndpoint) {
      return new Serving(newEndpoint);
    }
  }
}
