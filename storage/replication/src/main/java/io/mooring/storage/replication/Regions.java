package io.mooring.storage.replication;

import java.util.function.Consumer;

/** Which regions of a replica may hold unstable blocks, durably: when that begins and ends. */
final class Regions {
  /**
   * How often regions without unstable blocks are cleared. Clearing early only costs writes of
   * metadata.
   */
  private static final long CLEANING_NANOS = 5_000_000_000L;

  private final ActivityMap activity;
  private final Durability durability;
  private long cleanedAt;

  Regions(BlockSet active, Durability durability) {
    this.activity = new ActivityMap(active);
    this.durability = durability;
  }

  /** Every block of an active region. */
  BlockSet blocks() {
    return activity.blocks();
  }

  boolean areDurable(int firstRegion, int lastRegion) {
    return activity.isDurable(firstRegion, lastRegion);
  }

  /** Another part of the record has become durable. */
  void durable() {
    activity.durable(durability.durableToken());
  }

  void activate(int firstRegion, int lastRegion, Consumer<ReplicaEffect> effects) {
    for (int region = firstRegion; region <= lastRegion; region++) {
      if (!activity.isActive(region)) {
        long token = durability.nextToken();
        activity.activating(region, lastRegion, token);
        effects.accept(new ReplicaEffect.ActivateRegions(region, lastRegion, token));
        return;
      }
    }
  }

  /** A log that is appended to never waits for its next region. */
  void activateAhead(ByteRange range, int region, long sizeBytes, Consumer<ReplicaEffect> effects) {
    boolean secondHalf = range.end() % Geometry.REGION_BYTES > Geometry.REGION_BYTES / 2;
    int next = region + 1;
    if (secondHalf && !activity.isActive(next) && (long) next * Geometry.REGION_BYTES < sizeBytes) {
      activate(next, next, effects);
    }
  }

  /**
   * Regions without unstable blocks whose bits are due to be cleared, except the one behind such a
   * region: it was activated ahead.
   */
  BlockSet quiet(long nowNanos, UnstableBlocks unstable) {
    BlockSet quiet = new BlockSet();
    if (nowNanos - cleanedAt < CLEANING_NANOS) {
      return quiet;
    }
    cleanedAt = nowNanos;
    activity
        .active()
        .forEach(region -> {
          int behind = Math.max(0, region - 1) * Geometry.BLOCKS_PER_REGION;
          int last = (region + 1) * Geometry.BLOCKS_PER_REGION - 1;
          if (!unstable.containsAny(behind, last)) {
            quiet.add(region);
          }
        });
    return quiet;
  }

  void deactivate(BlockSet quiet, Consumer<ReplicaEffect> effects) {
    activity.deactivated(quiet);
    effects.accept(new ReplicaEffect.DeactivateRegions(quiet, durability.nextToken()));
  }
}
