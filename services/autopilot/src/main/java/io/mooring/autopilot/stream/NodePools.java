package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.PoolFigures;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolDrive;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pools of one node as its agent described them last. Kept in a store, because one pool is
 * compared with all of them.
 */
public record NodePools(String nodeId, Instant at, List<Pool> pools) {

  /**
   * One pool.
   *
   * @param labels by which rules select it
   * @param provisionedBytes negative if the agent does not tell
   * @param drive null if the agent cannot grow it
   */
  public record Pool(
      String poolId,
      Map<String, String> labels,
      long capacityBytes,
      long freeBytes,
      long provisionedBytes,
      boolean healthy,
      PoolFigures.@Nullable Drive drive) {

    /** A pool that does not work, or of which it is not known what it holds, counts for nothing. */
    boolean isInService() {
      return healthy && capacityBytes > 0 && provisionedBytes >= 0;
    }

    long usedBytes() {
      return Math.max(0, capacityBytes - freeBytes);
    }
  }

  public NodePools {
    pools = List.copyOf(pools);
  }

  static NodePools of(NodeDescriptor node) {
    return new NodePools(
        node.getNodeId(),
        node.getUpdatedAt(),
        node.getPools().stream().map(pool -> pool(node, pool)).toList());
  }

  private static Pool pool(NodeDescriptor node, PoolDescriptor pool) {
    return new Pool(
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

  String objectId(Pool pool) {
    return nodeId + "/" + pool.poolId();
  }

  VolumeFacts facts(Pool pool) {
    return new VolumeFacts(objectId(pool), objectId(pool), 0, pool.labels());
  }

  UsageSample sample(Pool pool, PoolFigures.Cluster cluster) {
    PoolFigures.@Nullable Cluster compared = pool.isInService() ? cluster : null;
    return UsageSample.ofPool(
        at,
        pool.capacityBytes(),
        pool.usedBytes(),
        new PoolFigures(
            pool.freeBytes(), pool.provisionedBytes(), pool.healthy(), compared, pool.drive()));
  }

  /** Sums over the pools in service of all nodes that were heard of lately. */
  static PoolFigures.Cluster sum(Collection<NodePools> nodes, Instant now, Duration ageMax) {
    long capacity = 0;
    long used = 0;
    long provisioned = 0;
    for (NodePools node : nodes) {
      if (Duration.between(node.at(), now).compareTo(ageMax) <= 0) {
        for (Pool pool : node.pools()) {
          if (pool.isInService()) {
            capacity += pool.capacityBytes();
            used += pool.usedBytes();
            provisioned += pool.provisionedBytes();
          }
        }
      }
    }
    return new PoolFigures.Cluster(capacity, used, provisioned);
  }
}
