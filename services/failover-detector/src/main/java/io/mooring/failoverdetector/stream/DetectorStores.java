package io.mooring.failoverdetector.stream;

import io.mooring.failoverdetector.brokers.RememberedCluster;
import io.mooring.failoverdetector.liveness.RememberedNode;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What the detector remembers across restarts. The stores are small, so they live in memory and in
 * their changelogs.
 *
 * @param nodes by node id; written at each judgement, not at each beat
 * @param hosts address of each node, by node id
 * @param clusters Kafka clusters that are looked after, by name
 */
record DetectorStores(
    KeyValueStore<String, RememberedNode> nodes,
    KeyValueStore<String, String> hosts,
    KeyValueStore<String, RememberedCluster> clusters) {

  private static final String NODES = "nodes";
  private static final String HOSTS = "hosts";
  private static final String CLUSTERS = "clusters";

  static DetectorStores in(ProcessorContext<?, ?> context) {
    return new DetectorStores(
        context.getStateStore(NODES),
        context.getStateStore(HOSTS),
        context.getStateStore(CLUSTERS));
  }

  static List<StoreBuilder<?>> builders() {
    return List.of(
        Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(NODES),
            Serdes.String(),
            JsonSerde.of(RememberedNode.class)),
        Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(HOSTS), Serdes.String(), Serdes.String()),
        Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(CLUSTERS),
            Serdes.String(),
            JsonSerde.of(RememberedCluster.class)));
  }
}
