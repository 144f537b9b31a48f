package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.Decoded;
import io.mooring.schemas.DiskHealthy;
import io.mooring.schemas.DiskSick;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeUp;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.state.KeyValueStore;

/** What the failure detector judged last about each node, in a store of one task. */
final class HealthBook {

  private final KeyValueStore<String, NodeHealth> store;

  HealthBook(KeyValueStore<String, NodeHealth> store) {
    this.store = store;
  }

  /** Of a record whose dead letter, if it needs one, is written where verdicts are filtered. */
  void learn(Decoded<NodeEvent> decoded) {
    if (decoded instanceof Decoded.Value<NodeEvent>(NodeEvent event)) {
      learn(event);
    }
  }

  void learn(NodeEvent event) {
    String node = event.getNodeId();
    switch (event.getDetail()) {
      case NodeDown _ -> remember(node, known -> known.down(event.getAt()));
      case NodeUp _ -> remember(node, NodeHealth::up);
      case DiskSick sick -> remember(node, known -> known.sick(sick.getPoolId(), event.getAt()));
      case DiskHealthy healthy -> remember(node, known -> known.healthy(healthy.getPoolId()));
      // Suspicions are no judgements.
      default -> {}
    }
  }

  private void remember(String node, UnaryOperator<NodeHealth> change) {
    NodeHealth known = store.get(node);
    store.put(node, change.apply(known == null ? NodeHealth.FIT : known));
  }
}
