package io.mooring.failoverdetector.stream;

import io.mooring.failoverdetector.brokers.ClusterWatch;
import io.mooring.failoverdetector.brokers.NodeIncidents;
import io.mooring.failoverdetector.brokers.RememberedCluster;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps one watch per cluster, on the stream thread, and its memory in the store. */
final class ClusterDesk {

  private final KeyValueStore<String, RememberedCluster> store;
  private final ClusterExchange exchange;
  private final Outlet outlet;
  private final Supplier<UUID> ids;
  private final Map<String, ClusterWatch> watches = new TreeMap<>();

  ClusterDesk(
      KeyValueStore<String, RememberedCluster> store,
      ClusterExchange exchange,
      Outlet outlet,
      Supplier<UUID> ids) {
    this.store = store;
    this.exchange = exchange;
    this.outlet = outlet;
    this.ids = ids;
  }

  /** Resumes the remembered clusters and takes up the configured ones. */
  void open() {
    try (KeyValueIterator<String, RememberedCluster> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, RememberedCluster> entry = all.next();
        watches.put(entry.key, new ClusterWatch(entry.value, ids));
      }
    }
    exchange.configured().forEach(this::watch);
    watches.values().stream()
        .map(ClusterWatch::remember)
        .filter(cluster -> !exchange.configured().containsKey(cluster.name()))
        .forEach(cluster -> exchange.pollers().start(cluster.name(), cluster.bootstrapServers()));
  }

  void onTick(Supplier<NodeIncidents> incidents, long wallMs) {
    for (ClusterExchange.Request request : exchange.takeRequests()) {
      switch (request) {
        case ClusterExchange.Request.Watch(String name, String servers) -> watch(name, servers);
        case ClusterExchange.Request.Forget(String name) -> forget(name);
      }
    }
    exchange
        .takeReadings()
        .forEach((name, reading) -> {
          ClusterWatch watch = watches.get(name);
          if (watch == null) {
            return; // forgotten while it was being read
          }
          var judgements = watch.onReading(reading, incidents.get(), wallMs);
          judgements.forEach(outlet::emit);
          if (!judgements.isEmpty()) {
            store.put(name, watch.remember());
          }
        });
    exchange
        .takeRetentions()
        .forEach((name, facts) -> {
          if (watches.containsKey(name)) {
            facts.forEach(fact -> outlet.emit(fact, Instant.ofEpochMilli(wallMs)));
          }
        });
  }

  private void watch(String name, String bootstrapServers) {
    ClusterWatch watch =
        watches.computeIfAbsent(
            name, _ -> new ClusterWatch(RememberedCluster.unread(name, bootstrapServers), ids));
    watch.moveTo(bootstrapServers);
    store.put(name, watch.remember());
    exchange.pollers().start(name, bootstrapServers);
  }

  private void forget(String name) {
    exchange.pollers().stop(name);
    watches.remove(name);
    store.delete(name);
  }

  List<RememberedCluster> clusters() {
    return watches.values().stream().map(ClusterWatch::remember).toList();
  }
}
