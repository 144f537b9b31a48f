package io.mooring.volumemanager.rebalance;

import io.mooring.volumemanager.volume.PoolId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How evenly pools are provisioned. A pool's deviation is the percentage of its capacity that is
 * provisioned, less the same percentage of all pools together, in percentage points; it may be more
 * than 100, because space is provisioned thinly. Not thread-safe.
 */
public final class PoolLoads {

  private static final double HUNDRED = 100;
  private static final Comparator<PoolId> BY_NAME =
      Comparator.comparing(PoolId::node).thenComparing(PoolId::name);

  /** What a pool holds, and what is provisioned in it. */
  public record Load(long capacityBytes, long provisionedBytes) {
    double percent() {
      return HUNDRED * provisionedBytes / capacityBytes;
    }

    Load with(long moreBytes) {
      return new Load(capacityBytes, provisionedBytes + moreBytes);
    }
  }

  private final Map<PoolId, Load> loads = new TreeMap<>(BY_NAME);

  /** The percentage of all pools together; moves do not change it. */
  private final double mean;

  /** Pools without capacity are left out: they hold nothing and say nothing. */
  public PoolLoads(Map<PoolId, Load> loads) {
    loads.forEach((pool, load) -> {
      if (load.capacityBytes() > 0) {
        this.loads.put(pool, load);
      }
    });
    long capacity = this.loads.values().stream().mapToLong(Load::capacityBytes).sum();
    long provisioned = this.loads.values().stream().mapToLong(Load::provisionedBytes).sum();
    this.mean = capacity == 0 ? 0 : HUNDRED * provisioned / capacity;
  }

  long provisionedBytes(PoolId pool) {
    Load load = loads.get(pool);
    return load == null ? 0 : load.provisionedBytes();
  }

  double deviation(PoolId pool) {
    return load(pool).percent() - mean;
  }

  /** The largest deviation in either direction, without its sign; 0 if there are no pools. */
  public double largestDeviation() {
    return loads.values().stream()
        .mapToDouble(load -> Math.abs(load.percent() - mean))
        .max()
        .orElse(0);
  }

  /** The pool that deviates most, by more than a threshold. */
  Optional<PoolId> worst(double threshold, Set<PoolId> except) {
    return loads.entrySet().stream()
        .filter(entry -> !except.contains(entry.getKey()))
        .filter(entry -> Math.abs(entry.getValue().percent() - mean) > threshold)
        .max(Comparator.comparingDouble(entry -> Math.abs(entry.getValue().percent() - mean)))
        .map(Map.Entry::getKey);
  }

  /** Pools that are fuller than one, the fullest first. */
  List<PoolId> fullerThan(PoolId pool) {
    double percent = load(pool).percent();
    return loads.keySet().stream()
        .filter(other -> load(other).percent() > percent)
        .sorted(Comparator.comparingDouble((PoolId other) -> -load(other).percent()))
        .toList();
  }

  /** Pools that are emptier than one, the emptiest first. */
  List<PoolId> emptierThan(PoolId pool) {
    double percent = load(pool).percent();
    return loads.keySet().stream()
        .filter(other -> load(other).percent() < percent)
        .sorted(Comparator.comparingDouble((PoolId other) -> load(other).percent()))
        .toList();
  }

  /** Bytes that would have to move for two pools to be equally full. */
  double idealBytes(PoolId from, PoolId to) {
    Load source = load(from);
    Load target = load(to);
    return (source.percent() - target.percent())
        / HUNDRED
        / (1.0 / source.capacityBytes() + 1.0 / target.capacityBytes());
  }

  /** Whether the worse of two pools is better off after a move; so a plan comes to an end. */
  boolean isImprovedBy(PoolId from, PoolId to, long bytes) {
    double before = worseOf(load(from), load(to));
    return worseOf(load(from).with(-bytes), load(to).with(bytes)) < before;
  }

  private double worseOf(Load one, Load other) {
    return Math.max(Math.abs(one.percent() - mean), Math.abs(other.percent() - mean));
  }

  void move(PoolId from, PoolId to, long bytes) {
    loads.put(from, load(from).with(-bytes));
    loads.put(to, load(to).with(bytes));
  }

  private Load load(PoolId pool) {
    Load load = loads.get(pool);
    if (load == null) {
      throw new IllegalArgumentException("no pool " + pool);
    }
    return load;
  }
}
