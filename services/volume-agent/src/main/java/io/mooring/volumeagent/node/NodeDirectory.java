package io.mooring.volumeagent.node;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.volumeagent.control.StateListener;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All nodes as they describe themselves: who can be probed, and where replicas are reached. */
public final class NodeDirectory implements StateListener<NodeDescriptor> {

  private final Map<String, NodeDescriptor> nodes = new ConcurrentSkipListMap<>();
  private final List<Consumer<NodeDirectory>> listeners = new CopyOnWriteArrayList<>();

  /** Calls the listener after each change, on the thread that learned of it. */
  public void onChange(Consumer<NodeDirectory> listener) {
    listeners.add(listener);
  }

  @Override
  public void onState(
      String key, @Nullable NodeDescriptor descriptor, @Nullable EventHeaders headers) {
    NodeDescriptor before = descriptor == null ? nodes.remove(key) : nodes.put(key, descriptor);
    if (!isSameAddress(before, descriptor)) {
      listeners.forEach(listener -> listener.accept(this));
    }
  }

  /**
   * Descriptors come every few seconds; mostly only free space changed, which nobody here waits
   * for.
   */
  private static boolean isSameAddress(
      @Nullable NodeDescriptor before, @Nullable NodeDescriptor after) {
    return before != null
        && after != null
        && before.getHost().equals(after.getHost())
        && before.getProbePort() == after.getProbePort()
        && before.getReplicationPort() == after.getReplicationPort();
  }

  public Collection<NodeDescriptor> all() {
    return List.copyOf(nodes.values());
  }

  public Optional<NodeDescriptor> node(String nodeId) {
    return Optional.ofNullable(nodes.get(nodeId));
  }

  /** Probe addresses of all nodes. */
  public List<Peer> peers() {
    return nodes.values().stream()
        .map(node -> new Peer(node.getNodeId(), node.getHost(), node.getProbePort()))
        .toList();
  }
}
