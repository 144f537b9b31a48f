package io.mooring.failoverdetector.stream;

import io.mooring.failoverdetector.brokers.ClusterReading;
import io.mooring.schemas.BrokerRetention;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Between the stream thread and the threads that read Kafka clusters or answer REST requests. Of a
 * cluster only the newest reading is kept: the stream thread never falls behind.
 */
public final class ClusterExchange {

  /** A wish of the operator. */
  public sealed interface Request {

    /** Look after this cluster, at this address. */
    record Watch(String name, String bootstrapServers) implements Request {}

    /** Look after it no more. */
    record Forget(String name) implements Request {}
  }

  /** Runs the threads that read clusters. */
  public interface Pollers {

    /**
     * Reads this cluster from now on, at this address; replaces an earlier poller of the same name.
     */
    void start(String name, String bootstrapServers);

    void stop(String name);

    void stopAll();
  }

  private final Map<String, String> configured;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Map<String, ClusterReading> readings = new ConcurrentHashMap<>();
  private final Map<String, List<BrokerRetention>> retentions = new ConcurrentHashMap<>();
  private final Pollers pollers;

  /**
   * @param configured bootstrap servers by cluster name, from the configuration; they override
   *     remembered ones
   * @param pollers gets its readings from elsewhere and hands them to {@link #offer}
   */
  public ClusterExchange(Map<String, String> configured, Pollers pollers) {
    this.configured = Map.copyOf(configured);
    this.pollers = pollers;
  }

  public void request(Request request) {
    requests.add(request);
  }

  public void offer(String cluster, ClusterReading reading) {
    readings.put(cluster, reading);
  }

  /** What the logs of a cluster's brokers can come to hold. */
  public void offer(String cluster, List<BrokerRetention> facts) {
    retentions.put(cluster, facts);
  }

  Map<String, String> configured() {
    return configured;
  }

  Pollers pollers() {
    return pollers;
  }

  List<Request> takeRequests() {
    List<Request> taken = new ArrayList<>();
    for (Request request = requests.poll(); request != null; request = requests.poll()) {
      taken.add(request);
    }
    return taken;
  }

  Map<String, ClusterReading> takeReadings() {
    return take(readings);
  }

  Map<String, List<BrokerRetention>> takeRetentions() {
    return take(retentions);
  }

  private static <T> Map<String, T> take(Map<String, T> offered) {
    Map<String, T> taken = new TreeMap<>();
    for (String cluster : List.copyOf(offered.keySet())) {
      T newest = offered.remove(cluster);
      if (newest != null) {
        taken.put(cluster, newest);
      }
    }
    return taken;
  }

  /** Leaves nothing of one time in charge for the next. */
  void clear() {
    pollers.stopAll();
    requests.clear();
    readings.clear();
    retentions.clear();
  }
}
