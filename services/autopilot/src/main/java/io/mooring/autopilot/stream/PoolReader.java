package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.NodePools;
import io.mooring.autopilot.decision.PoolFigures;
import io.mooring.schemas.JudgedPools;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolDrive;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a node's descriptor says of its pools. */
public final class PoolReader {

  private PoolReader() {}

  public static NodePools of(NodeDescriptor node) {
    return new NodePools(
        node.getNodeId(),
        node.getUpdatedAt(),
        node.getPools().stream().map(pool -> pool(node, pool)).toList());
  }

  private static NodePools.Pool pool(NodeDescriptor node, PoolDescriptor pool) {
    return new NodePools.Pool(
        pool.getPoolId(),
        labels(node, pool),
        pool.getCapacityBytes(),
        pool.getFreeBytes(),
        pool.getProvisionedBytes(),
        pool.getHealthy(),
        drive(pool.getDrive()));
  }

  private static PoolFigures.@Nullable Drive drive(@Nullable PoolDrive drive) {
    return drive == null ? null : new PoolFigures.Drive(drive.getSizeBytes(), drive.getMaxBytes());
  }

  /** Labels of the node, then of the pool, then what is always known; the last word counts. */
  private static Map<String, String> labels(NodeDescriptor node, PoolDescriptor pool) {
    Map<String, String> labels = new HashMap<>(node.getLabels());
    labels.putAll(pool.getLabels());
    labels.put("node", node.getNodeId());
    labels.put("pool", pool.getPoolId());
    String priority = pool.getPriority().name().toLowerCase(Locale.ROOT);
    labels.put("priority", priority);
    labels.put("iopriority", priority);
    putIfKnown(labels, "topology.kubernetes.io/region", node.getRegion());
    putIfKnown(labels, "topology.kubernetes.io/zone", node.getZone());
    putIfKnown(labels, "rack", node.getRack());
    return labels;
  }

  private static void putIfKnown(Map<String, String> labels, String key, String value) {
    if (!value.isEmpty()) {
      labels.put(key, value);
    }
  }

  /** What was recorded of a node; without a descriptor it has no pools. */
  public static NodePools of(JudgedPools judged, Instant at) {
    NodeDescriptor descriptor = judged.getDescriptor();
    return descriptor == null ? new NodePools(judged.getNodeId(), at, List.of()) : of(descriptor);
  }
}
