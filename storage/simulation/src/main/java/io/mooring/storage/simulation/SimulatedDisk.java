package io.mooring.storage.simulation;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.Geometry;
import io.mooring.storage.replication.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of one replica: what reads see, and what would be left after a power cut. A crash keeps
 * an arbitrary part of what was not synced, sector by sector, so writes are torn as well. Only the
 * hot sectors exist; all others are zero.
 *
 * <p>A snapshot freezes the newest layer; a sector is read from the newest layer that has it.
 *
 * <p>Sectors can go bad: a layer does not give them back until they are written again in it, and
 * nobody knows before somebody reads.
 */
final class SimulatedDisk {
  private final Scheduler scheduler;
  private final Mutant mutant;
  private final List<Layer> layers = new ArrayList<>();

  /** Of the newest view, because it is looked at after every event. */
  private final long[] visible = new long[Layout.HOT_SECTORS.length];

  private final long[] durable = new long[visible.length];
  private List<Unsynced> unsynced = new ArrayList<>();
  private long lastWrite;

  SimulatedDisk(Scheduler scheduler, Mutant mutant) {
    this.scheduler = scheduler;
    this.mutant = mutant;
    Layer oldest = new Layer();
    oldest.oldest = true;
    layers.add(oldest);
  }

  /** One layer; the newest is first in the list. */
  static final class Layer {
    private final long[] value = new long[Layout.HOT_SECTORS.length];
    private final boolean[] present = new boolean[value.length];
    private final long[] durable = new long[value.length];
    private final boolean[] durablyPresent = new boolean[value.length];
    private final boolean[] bad = new boolean[value.length];
    private @Nullable SnapshotId snapshot;
    private boolean deleted;

    /** Nothing lies below: its holes are zeros. */
    private boolean oldest;

    /** What the snapshot showed when it was frozen; it must always show that. */
    private long[] truth = new long[0];
  }

  long visible(int sector) {
    int slot = Layout.slotOf(sector);
    return slot < 0 ? 0 : visible[slot];
  }

  long durable(int sector) {
    int slot = Layout.slotOf(sector);
    return slot < 0 ? 0 : durable[slot];
  }

  private long visibleFrom(int from, int slot) {
    return owner(from, slot).value[slot];
  }

  private Layer owner(int from, int slot) {
    for (int i = from; ; i++) {
      Layer layer = layers.get(i);
      if (layer.present[slot] || layer.oldest) {
        return layer;
      }
    }
  }

  /** The drive does not give back what is stored there, in whichever layer that is. */
  void goBad(ByteRange range) {
    int first = Layout.firstSector(range);
    for (int sector = first; sector < first + Layout.sectors(range); sector++) {
      int slot = Layout.slotOf(sector);
      owner(0, slot).bad[slot] = true;
    }
  }

  boolean isBad(int sector) {
    int slot = Layout.slotOf(sector);
    return slot >= 0 && isBad(0, slot);
  }

  private boolean isBad(int from, int slot) {
    return owner(from, slot).bad[slot];
  }

  boolean hasBadSectors() {
    for (int sector : Layout.HOT_SECTORS) {
      if (isBad(sector)) {
        return true;
      }
    }
    return false;
  }

  boolean canRead(ByteRange range) {
    int first = Layout.firstSector(range);
    int end = first + Layout.sectors(range);
    for (int sector : Layout.HOT_SECTORS) {
      if (sector >= first && sector < end && isBad(sector)) {
        return false;
      }
    }
    return true;
  }

  private long durableFrom(int from, int slot) {
    for (int i = from; ; i++) {
      Layer layer = layers.get(i);
      if (layer.durablyPresent[slot] || layer.oldest) {
        return layer.durable[slot];
      }
    }
  }

  void write(ByteRange range, long[] content) {
    write(layers.getFirst(), range, content, false);
  }

  /** The change of a stream; zeroes may give space back. */
  void apply(ByteRange range, long[] content, boolean copy) {
    boolean astray = copy && mutant == Mutant.COPY_INTO_SNAPSHOT && layers.size() > 1;
    write(astray ? layers.get(1) : layers.getFirst(), range, content, false);
  }

  /** A write that failed or was cut off: any of its sectors may be there. */
  void writePart(ByteRange range, long[] content) {
    write(layers.getFirst(), range, content, true);
  }

  private void write(Layer layer, ByteRange range, long[] content, boolean part) {
    int first = Layout.firstSector(range);
    for (int i = 0; i < Layout.sectors(range); i++) {
      int slot = Layout.slotOf(first + i);
      if (slot >= 0 && !(part && scheduler.chance(0.5))) {
        write(layer, slot, content[i]);
      }
    }
  }

  private void write(Layer layer, int slot, long stamp) {
    boolean hole =
        stamp == 0
            && !layer.oldest
            && (mutant == Mutant.TRIM_SHOWS_OLDER || !isPresentBelow(layer, slot));
    put(layer, slot, stamp, !hole);
  }

  private void put(Layer layer, int slot, long stamp, boolean present) {
    layer.value[slot] = stamp;
    layer.present[slot] = present;
    layer.bad[slot] = false;
    visible[slot] = visibleFrom(0, slot);
    unsynced.add(new Unsynced(++lastWrite, layer, slot, stamp, present));
  }

  /** Whether an older layer has anything but zeros that are not stored. */
  private boolean isPresentBelow(Layer layer, int slot) {
    int from = layers.indexOf(layer) + 1;
    for (int i = from; i < layers.size(); i++) {
      Layer older = layers.get(i);
      boolean stored =
          older.oldest ? older.value[slot] != 0 || older.bad[slot] : older.present[slot];
      if (stored) {
        return true;
      }
    }
    return false;
  }

  private void look() {
    for (int slot = 0; slot < visible.length; slot++) {
      visible[slot] = visibleFrom(0, slot);
      durable[slot] = durableFrom(0, slot);
    }
  }

  long[] read(ByteRange range) {
    long[] content = new long[Layout.sectors(range)];
    int first = Layout.firstSector(range);
    for (int i = 0; i < content.length; i++) {
      content[i] = visible(first + i);
    }
    return content;
  }

  /** Where a sync of the newest layer that starts now must reach. */
  SyncPoint position() {
    return new SyncPoint(layers.getFirst(), lastWrite);
  }

  record SyncPoint(Layer layer, long upTo) {}

  void synced(SyncPoint point) {
    List<Unsynced> rest = new ArrayList<>();
    for (Unsynced write : unsynced) {
      if (write.layer() == point.layer() && write.number() <= point.upTo()) {
        write.makeDurable();
      } else {
        rest.add(write);
      }
    }
    unsynced = rest;
    look();
  }

  /** The disk has failed to take what was not synced. */
  void loseUnsynced() {
    unsynced = new ArrayList<>();
    for (Layer layer : layers) {
      System.arraycopy(layer.durable, 0, layer.value, 0, layer.value.length);
      System.arraycopy(layer.durablyPresent, 0, layer.present, 0, layer.present.length);
    }
    look();
  }

  void crash() {
    for (Unsynced write : unsynced) {
      if (scheduler.chance(0.5)) {
        write.makeDurable();
      }
    }
    loseUnsynced();
  }

  // Snapshots

  /** The list of layers is replaced durably. */
  void freeze(SnapshotId snapshot) {
    Layer newest = layers.getFirst();
    newest.snapshot = snapshot;
    newest.truth = view(0);
    layers.addFirst(new Layer());
    look();
  }

  private long[] view(int from) {
    long[] view = new long[Layout.HOT_SECTORS.length];
    for (int slot = 0; slot < view.length; slot++) {
      view[slot] = visibleFrom(from, slot);
    }
    return view;
  }

  /** What a snapshot shows, or null if there is none. */
  long @Nullable [] snapshot(SnapshotId id) {
    int index = indexOf(id);
    return index < 0 ? null : view(index);
  }

  /** Whether a snapshot of this disk can be read there. */
  boolean canRead(SnapshotId id, int slot) {
    int index = indexOf(id);
    return index >= 0 && !isBad(index, slot);
  }

  List<SnapshotId> snapshots() {
    List<SnapshotId> found = new ArrayList<>();
    for (Layer layer : layers) {
      SnapshotId id = layer.snapshot;
      if (id != null && !layer.deleted) {
        found.add(id);
      }
    }
    return found;
  }

  private int indexOf(SnapshotId id) {
    for (int i = 1; i < layers.size(); i++) {
      if (id.equals(layers.get(i).snapshot) && !layers.get(i).deleted) {
        return i;
      }
    }
    return -1;
  }

  void delete(SnapshotId id) {
    int index = indexOf(id);
    if (index > 0) {
      layers.get(index).deleted = true;
    }
  }

  /** The oldest layer to be merged, with the one above it; null if there is none. */
  @Nullable Merge nextMerge() {
    for (int i = layers.size() - 1; i > 0; i--) {
      if (layers.get(i).deleted) {
        Layer upper = layers.get(i - 1);
        boolean down = i > 1 && scheduler.chance(0.5);
        return new Merge(upper, layers.get(i), down);
      }
    }
    return null;
  }

  record Merge(Layer upper, Layer lower, boolean down) {
    private Layer target() {
      return down ? lower : upper;
    }
  }

  /** False if what has to be copied cannot be read. */
  boolean mergeSector(Merge merge, int slot) {
    Layer upper = merge.upper();
    Layer lower = merge.lower();
    if (merge.down()) {
      if (upper.present[slot] && upper.bad[slot]) {
        return false;
      }
      if (upper.present[slot]) {
        put(lower, slot, upper.value[slot], true);
      }
    } else if ((lower.present[slot] || lower.oldest)
        && (!upper.present[slot] || mutant == Mutant.MERGE_OVERWRITES)) {
      if (lower.bad[slot]) {
        return false;
      }
      put(upper, slot, lower.value[slot], true);
    }
    return true;
  }

  SyncPoint position(Merge merge) {
    return new SyncPoint(merge.target(), lastWrite);
  }

  /** Everything is durable in the target: the list is replaced. */
  void merged(Merge merge) {
    if (merge.down()) {
      merge.lower().snapshot = merge.upper().snapshot;
      merge.lower().deleted = merge.upper().deleted;
      merge.lower().truth = merge.upper().truth;
      layers.remove(merge.upper());
    } else {
      layers.remove(merge.lower());
      merge.upper().oldest = merge.lower().oldest;
    }
    unsynced.removeIf(write -> !layers.contains(write.layer()));
    look();
  }

  /** A snapshot never changes, nor would it by a power cut. */
  void checkSnapshots(Object replica) {
    for (int i = 1; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      for (int slot = 0; slot < layer.truth.length && !layer.deleted; slot++) {
        long visible = visibleFrom(i, slot);
        long durable = durableFrom(i, slot);
        if (visible != layer.truth[slot] || durable != layer.truth[slot]) {
          throw new SimulationFailure(
              "snapshot %s of %s has changed in sector %d: %d was frozen, %d is read, %d durable"
                  .formatted(
                      layer.snapshot,
                      replica,
                      Layout.HOT_SECTORS[slot],
                      layer.truth[slot],
                      visible,
                      durable));
        }
      }
    }
  }

  // What the protocol asks

  long[] digests(ByteRange range) {
    int first = (int) (range.offset() / Geometry.BLOCK_BYTES);
    int count = (int) ((range.length() + Geometry.BLOCK_BYTES - 1) / Geometry.BLOCK_BYTES);
    long[] digests = new long[count];
    for (int slot = 0; slot < Layout.HOT_SECTORS.length; slot++) {
      int block = Layout.HOT_SECTORS[slot] / Layout.SECTORS_PER_BLOCK - first;
      if (block >= 0 && block < count) {
        digests[block] = digests[block] * 0x9E3779B97F4A7C15L + visibleFrom(0, slot) + 1;
      }
    }
    return digests;
  }

  BlockSet allocated(ByteRange window) {
    BlockSet blocks = new BlockSet();
    for (int sector : Layout.HOT_SECTORS) {
      if (visible(sector) != 0) {
        blocks.add(sector / Layout.SECTORS_PER_BLOCK);
      }
    }
    return blocks;
  }

  private record Unsynced(long number, Layer layer, int slot, long stamp, boolean present) {
    private void makeDurable() {
      layer.durable[slot] = stamp;
      layer.durablyPresent[slot] = present;
    }
  }
}
