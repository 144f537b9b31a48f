package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import java.util.HashMap;
import java.util.Map;

/**
 * A {@link Tether} to each registered broker of one cluster. A broker that leaves the metadata is
 * let go; so is one that moves to another endpoint, which shows by itself. Used by one thread.
 */
final class Tethers implements AutoCloseable {

  private final Map<Integer, Endpoint> endpoints = new HashMap<>();
  private final Map<Integer, Tether> tethers = new HashMap<>();

  /** Holds these brokers and no others; returns what is known of their processes. */
  Map<Integer, Tether.Run> hold(Map<Integer, Endpoint> brokers) {
    for (var held : Map.copyOf(endpoints).entrySet()) {
      if (!held.getValue().equals(brokers.get(held.getKey()))) {
        letGo(held.getKey());
      }
    }
    Map<Integer, Tether.Run> runs = new HashMap<>();
    brokers.forEach((broker, endpoint) -> {
      endpoints.put(broker, endpoint);
      runs.put(broker, tethers.computeIfAbsent(broker, _ -> Tether.to(endpoint)).run());
    });
    return runs;
  }

  /** Begins anew with this broker: the next one is another observation. */
  void letGo(int broker) {
    endpoints.remove(broker);
    Tether tether = tethers.remove(broker);
    if (tether != null) {
      tether.close();
    }
  }

  @Override
  public void close() {
    Map.copyOf(endpoints).keySet().forEach(this::letGo);
  }
}
