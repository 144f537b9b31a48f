package io.mooring.localcluster.orchestrator;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What evicted pods left on nodes that could not be reached. When such a node is back, its kubelet
 * learns that the pods are gone, kills what still runs and unmounts what is still mounted.
 */
final class Leftovers {

  /** A pod that was deleted while its node was away. */
  record Item(PodIdentity pod, String volume, PodRuntime.@Nullable RunningPod process) {}

  private final Map<String, Queue<Item>> byNode = new ConcurrentHashMap<>();

  void add(String node, Item item) {
    byNode.computeIfAbsent(node, _ -> new ConcurrentLinkedQueue<>()).add(item);
  }

  /** Kills and unmounts what is left on a node that is back. May be repeated after a failure. */
  void clear(String node, Volumes volumes) throws InterruptedException {
    Queue<Item> items = byNode.getOrDefault(node, new ConcurrentLinkedQueue<>());
    for (Item item = items.peek(); item != null; item = items.peek()) {
      if (item.process() != null) {
        item.process().kill();
        item.process().await();
      }
      volumes.unmount(item.volume(), node, item.pod().name());
      items.remove();
    }
  }
}
