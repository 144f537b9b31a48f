package io.mooring.autopilot.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
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
    public boolean isInService() {
      return healthy && capacityBytes > 0 && provisionedBytes >= 0;
    }

    public long usedBytes() {
      return Math.max(0, capacityBytes - freeBytes);
    }
  }

  public NodePools {
    pools = List.copyOf(pools);
  }

  /** Id of a pool among all objects. */
  public String objectId(Pool pool) {
    return nodeId + "/" + pool.poolId();
  }

  public VolumeFacts facts(Pool pool) {
    return new VolumeFacts(objectId(pool), objectId(pool), 0, pool.labels());
  }

  /** The pool's measurement, to be compared with all pools. */
  public UsageSample sample(Pool pool, PoolFigures.Cluster cluster) {
    PoolFigures.@Nullable Cluster compared = pool.isInService() ? cluster : null;
    return UsageSample.ofPool(
        at,
        pool.capacityBytes(),
        pool.usedBytes(),
        new PoolFigures(
            pool.freeBytes(), pool.provisionedBytes(), pool.healthy(), compared, pool.drive()));
  }

  /** Sums over the pools in service of all nodes that were heard of lately. */
  public static PoolFigures.Cluster sum(Collection<NodePools> nodes, Instant now, Duration ageMax) {
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
