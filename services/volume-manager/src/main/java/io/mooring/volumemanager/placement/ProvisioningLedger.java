package io.mooring.volumemanager.placement;

import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Replica;
import io.mooring.volumemanager.volume.Volume;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is provisioned where, over all partitions of the catalogue. Partitions that this instance
 * decides on are counted as it decides; the others as their state arrives on the state topic, some
 * milliseconds later. Thread-safe.
 */
public final class ProvisioningLedger {

  /** What one volume takes. */
  public record Footprint(String group, long sizeBytes, List<PoolId> pools) {

    public static Footprint of(Volume volume) {
      return new Footprint(
          volume.spec().grouping().group(),
          volume.sizeBytes(),
          volume.replicas().members().stream().map(Replica::pool).toList());
    }
  }

  private static final class Tally {
    private final Map<PoolId, Long> bytes = new HashMap<>();
    private final Map<String, Map<NodeId, Integer>> groups = new HashMap<>();

    void count(Footprint footprint, int sign) {
      for (PoolId pool : footprint.pools()) {
        bytes.merge(pool, sign * footprint.sizeBytes(), Long::sum);
        if (!footprint.group().isEmpty()) {
          groups
              .computeIfAbsent(footprint.group(), _ -> new HashMap<>())
              .merge(pool.node(), sign, Integer::sum);
        }
      }
    }
  }

  private final Map<Integer, Tally> observed = new HashMap<>();
  private final Map<Integer, Tally> owned = new HashMap<>();

  /** This instance decides on the partition from now on; what it holds is counted anew. */
  public synchronized void own(int partition) {
    owned.put(partition, new Tally());
  }

  /** Another instance may decide on the partition from now on. */
  public synchronized void disown(int partition) {
    owned.remove(partition);
  }

  /** A decision of this instance replaced one footprint by another; null for none. */
  public synchronized void decided(
      int partition, @Nullable Footprint before, @Nullable Footprint after) {
    replace(owned.computeIfAbsent(partition, _ -> new Tally()), before, after);
  }

  /** The state topic replaced one footprint by another; null for none. */
  public synchronized void observed(
      int partition, @Nullable Footprint before, @Nullable Footprint after) {
    replace(observed.computeIfAbsent(partition, _ -> new Tally()), before, after);
  }

  private static void replace(Tally tally, @Nullable Footprint before, @Nullable Footprint after) {
    if (before != null) {
      tally.count(before, -1);
    }
    if (after != null) {
      tally.count(after, 1);
    }
  }

  /** Sum of the sizes of the replicas in a pool. */
  public synchronized long provisionedBytes(PoolId pool) {
    long sum = 0;
    for (Tally tally : current().values()) {
      sum += tally.bytes.getOrDefault(pool, 0L);
    }
    return sum;
  }

  /** Replicas on a node that belong to volumes of a group. */
  public synchronized int replicasOfGroup(String group, NodeId node) {
    int sum = 0;
    for (Tally tally : current().values()) {
      sum += tally.groups.getOrDefault(group, Map.of()).getOrDefault(node, 0);
    }
    return sum;
  }

  private Map<Integer, Tally> current() {
    Map<Integer, Tally> current = new HashMap<>(observed);
    current.putAll(owned);
    return current;
  }
}
