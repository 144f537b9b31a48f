package io.mooring.storage.replication;

import java.util.TreeMap;

/**
 * The regions in which something may be unstable. A region becomes active durably before anything
 * in it changes, so after a crash the suspects are known without having been recorded one by one.
 */
final class ActivityMap {
  /** Regions whose bit is set or about to be. */
  private final BlockSet active;

  /** Tokens of activations that are not durable yet, by region; almost always empty. */
  private final TreeMap<Integer, Long> pending = new TreeMap<>();

  ActivityMap(BlockSet durable) {
    this.active = durable.copy();
  }

  BlockSet active() {
    return active;
  }

  boolean isActive(int region) {
    return active.contains(region);
  }

  /** True if everything in these regions may be changed now. */
  boolean isDurable(int firstRegion, int lastRegion) {
    for (int region = firstRegion; region <= lastRegion; region++) {
      if (!active.contains(region)) {
        return false;
      }
    }
    return pending.isEmpty() || pending.subMap(firstRegion, true, lastRegion, true).isEmpty();
  }

  void activating(int firstRegion, int lastRegion, long token) {
    for (int region = firstRegion; region <= lastRegion; region++) {
      if (!active.contains(region)) {
        active.add(region);
        pending.put(region, token);
      }
    }
  }

  void deactivated(BlockSet regions) {
    active.removeAll(regions);
  }

  void durable(long token) {
    if (!pending.isEmpty()) {
      pending.values().removeIf(waitsFor -> waitsFor <= token);
    }
  }

  /** The blocks of all active regions: what may be unstable when memory knows nothing. */
  BlockSet blocks() {
    BlockSet blocks = new BlockSet();
    active.forEach(region -> {
      int first = region * Geometry.BLOCKS_PER_REGION;
      blocks.addAll(first, first + Geometry.BLOCKS_PER_REGION - 1);
    });
    return blocks;
  }
}
