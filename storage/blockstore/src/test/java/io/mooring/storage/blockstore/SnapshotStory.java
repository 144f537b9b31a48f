package io.mooring.storage.blockstore;

import io.mooring.storage.replication.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What happens to a replica, all of it from one seed. */
final class SnapshotStory {
  static final int BLOCKS = 1024;
  static final int UNITS_PER_BLOCK = 8;
  static final int UNIT_BYTES = PresentBlocks.BLOCK_BYTES / UNITS_PER_BLOCK;
  static final int UNITS = BLOCKS * UNITS_PER_BLOCK;
  static final long SIZE = (long) BLOCKS * PresentBlocks.BLOCK_BYTES;

  /** Stamps fit into the bits of a long; 0 is what was zeroed or never written. */
  private static final int STAMPS = 60;

  private static final int SNAPSHOTS_MAX = 6;

  private final SplittableRandom random;
  private final String prefix;
  private final List<SnapshotId> snapshots;
  private int taken;
  private int stamp;

  SnapshotStory(long seed, List<SnapshotId> known) {
    this.random = new SplittableRandom(seed);
    this.prefix = "s" + seed + "-";
    this.snapshots = new ArrayList<>(known);
  }

  sealed interface Step {
    /** Fills units with a stamp. */
    record Write(int unit, int count, int stamp) implements Step {}

    record Zero(int unit, int count) implements Step {}

    record Flush() implements Step {}

    record Take(SnapshotId id) implements Step {}

    record Delete(SnapshotId id) implements Step {}
  }

  Step next() {
    int kind = random.nextInt(100);
    if (kind < 8 && snapshots.size() < SNAPSHOTS_MAX) {
      SnapshotId id = new SnapshotId(prefix + taken++);
      snapshots.add(id);
      return new Step.Take(id);
    }
    if (kind < 14 && !snapshots.isEmpty()) {
      return new Step.Delete(snapshots.remove(random.nextInt(snapshots.size())));
    }
    if (kind < 20) {
      return new Step.Flush();
    }
    boolean wholeBlocks = kind < 80;
    int granule = wholeBlocks ? UNITS_PER_BLOCK : 1;
    int unit = random.nextInt(UNITS / granule) * granule;
    int longest = random.nextInt(10) == 0 ? UNITS : 40 * UNITS_PER_BLOCK;
    int count = Math.min(UNITS - unit, (1 + random.nextInt(longest / granule)) * granule);
    if (kind % 4 == 0) {
      return new Step.Zero(unit, count);
    }
    stamp = stamp % STAMPS + 1;
    return new Step.Write(unit, count, stamp);
  }
}
