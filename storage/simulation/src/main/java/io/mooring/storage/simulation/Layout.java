package io.mooring.storage.simulation;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.Geometry;
import java.util.Arrays;

/**
 * The volume of the simulation: a few regions, of which only some sectors are ever written. So
 * overlaps are frequent and looking at every replica after every event is cheap, while maps and
 * regions are as in production.
 */
final class Layout {
  static final int REGIONS = 3;
  static final long SIZE_BYTES = (long) REGIONS * Geometry.REGION_BYTES;
  static final int SECTORS_PER_BLOCK = Geometry.BLOCK_BYTES / Geometry.SECTOR_BYTES;
  static final int SECTORS = (int) (SIZE_BYTES / Geometry.SECTOR_BYTES);

  /** The volume grows up to here; nothing is written there, but it is copied. */
  static final long SIZE_BYTES_MAX = (REGIONS + 2L) * Geometry.REGION_BYTES;

  static final int SECTORS_MAX = (int) (SIZE_BYTES_MAX / Geometry.SECTOR_BYTES);

  /**
   * Runs of sectors that are written; the second one crosses the border of two blocks, the third
   * one of two regions.
   */
  private static final int[][] HOT_RUNS = {
    {0, 6},
    {SECTORS_PER_BLOCK * 9 - 4, 8},
    {Geometry.REGION_BYTES / Geometry.SECTOR_BYTES - 3, 6},
    {Geometry.REGION_BYTES / Geometry.SECTOR_BYTES * 2 + 40, 6},
    {SECTORS - 4, 4},
  };

  static final int[] HOT_SECTORS = hotSectors();

  private static final int[] SLOTS = slots();

  private Layout() {}

  /** Position among the hot sectors, or -1 for a sector that is never written. */
  static int slotOf(int sector) {
    return sector < SECTORS ? SLOTS[sector] : -1;
  }

  private static int[] slots() {
    int[] slots = new int[SECTORS];
    Arrays.fill(slots, -1);
    for (int i = 0; i < HOT_SECTORS.length; i++) {
      slots[HOT_SECTORS[i]] = i;
    }
    return slots;
  }

  static int hotRuns() {
    return HOT_RUNS.length;
  }

  static int hotRunLength(int run) {
    return HOT_RUNS[run][1];
  }

  static ByteRange hotRange(int run, int firstSector, int sectors) {
    return range(HOT_RUNS[run][0] + firstSector, sectors);
  }

  static ByteRange range(int firstSector, int sectors) {
    return new ByteRange(
        (long) firstSector * Geometry.SECTOR_BYTES, (long) sectors * Geometry.SECTOR_BYTES);
  }

  static ByteRange wholeBlocks(ByteRange range) {
    long first = range.offset() / Geometry.BLOCK_BYTES * Geometry.BLOCK_BYTES;
    long blocks = (range.end() - first + Geometry.BLOCK_BYTES - 1) / Geometry.BLOCK_BYTES;
    return new ByteRange(first, blocks * Geometry.BLOCK_BYTES);
  }

  static int firstSector(ByteRange range) {
    return (int) (range.offset() / Geometry.SECTOR_BYTES);
  }

  static int sectors(ByteRange range) {
    return (int) (range.length() / Geometry.SECTOR_BYTES);
  }

  private static int[] hotSectors() {
    int count = 0;
    for (int[] run : HOT_RUNS) {
      count += run[1];
    }
    int[] sectors = new int[count];
    int next = 0;
    for (int[] run : HOT_RUNS) {
      for (int i = 0; i < run[1]; i++) {
        sectors[next++] = run[0] + i;
      }
    }
    return sectors;
  }
}
