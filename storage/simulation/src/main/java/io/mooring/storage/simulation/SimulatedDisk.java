package io.mooring.storage.simulation;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.Geometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The data of one replica: what reads see, and what would be left after a power cut. A crash keeps
 * an arbitrary part of what was not synced, sector by sector, so writes are torn as well. Sectors
 * can go bad: they cannot be read until they are written again, and nobody knows before somebody
 * reads.
 */
final class SimulatedDisk {
  private final Scheduler scheduler;
  private final long[] visible = new long[Layout.SECTORS_MAX];
  private final long[] durable = new long[Layout.SECTORS_MAX];
  private final boolean[] bad = new boolean[Layout.SECTORS_MAX];
  private List<Unsynced> unsynced = new ArrayList<>();
  private long lastWrite;

  SimulatedDisk(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  long visible(int sector) {
    return visible[sector];
  }

  long durable(int sector) {
    return durable[sector];
  }

  void write(ByteRange range, long[] content) {
    int first = Layout.firstSector(range);
    for (int i = 0; i < Layout.sectors(range); i++) {
      write(first + i, content[i]);
    }
  }

  /** A write that failed or was cut off: any of its sectors may be there. */
  void writePart(ByteRange range, long[] content) {
    int first = Layout.firstSector(range);
    for (int i = 0; i < Layout.sectors(range); i++) {
      if (scheduler.chance(0.5)) {
        write(first + i, content[i]);
      }
    }
  }

  void goBad(ByteRange range) {
    int first = Layout.firstSector(range);
    Arrays.fill(bad, first, first + Layout.sectors(range), true);
  }

  boolean isBad(int sector) {
    return bad[sector];
  }

  boolean hasBadSectors() {
    return isBad(0, bad.length);
  }

  boolean canRead(ByteRange range) {
    int first = Layout.firstSector(range);
    return !isBad(first, first + Layout.sectors(range));
  }

  private boolean isBad(int first, int end) {
    for (int sector = first; sector < end; sector++) {
      if (bad[sector]) {
        return true;
      }
    }
    return false;
  }

  private void write(int sector, long stamp) {
    bad[sector] = false;
    visible[sector] = stamp;
    unsynced.add(new Unsynced(++lastWrite, sector, stamp));
  }

  long[] read(ByteRange range) {
    long[] content = new long[Layout.sectors(range)];
    System.arraycopy(visible, Layout.firstSector(range), content, 0, content.length);
    return content;
  }

  /** Where a sync that starts now must reach. */
  long position() {
    return lastWrite;
  }

  void syncedUpTo(long position) {
    List<Unsynced> rest = new ArrayList<>();
    for (Unsynced write : unsynced) {
      if (write.number() <= position) {
        durable[write.sector()] = write.stamp();
      } else {
        rest.add(write);
      }
    }
    unsynced = rest;
  }

  /** The disk has failed to take what was not synced. */
  void loseUnsynced() {
    unsynced = new ArrayList<>();
    System.arraycopy(durable, 0, visible, 0, visible.length);
  }

  void crash() {
    for (Unsynced write : unsynced) {
      if (scheduler.chance(0.5)) {
        durable[write.sector()] = write.stamp();
      }
    }
    loseUnsynced();
  }

  long[] digests(ByteRange range) {
    int first = (int) (range.offset() / Geometry.BLOCK_BYTES);
    int count = (int) ((range.length() + Geometry.BLOCK_BYTES - 1) / Geometry.BLOCK_BYTES);
    long[] digests = new long[count];
    for (int block = 0; block < count; block++) {
      digests[block] = digest(first + block);
    }
    return digests;
  }

  private long digest(int block) {
    long digest = 17;
    int first = block * Layout.SECTORS_PER_BLOCK;
    for (int i = 0; i < Layout.SECTORS_PER_BLOCK; i++) {
      digest = digest * 0x9E3779B97F4A7C15L + visible[first + i];
    }
    return digest;
  }

  BlockSet allocated(ByteRange window) {
    BlockSet blocks = new BlockSet();
    for (int sector : Layout.HOT_SECTORS) {
      if (visible[sector] != 0) {
        blocks.add(sector / Layout.SECTORS_PER_BLOCK);
      }
    }
    return blocks;
  }

  private record Unsynced(long number, int sector, long stamp) {}
}
