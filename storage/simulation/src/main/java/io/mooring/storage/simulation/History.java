package io.mooring.storage.simulation;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.Promise;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What every hot sector may hold.
 *
 * <p>Per sector: the values that were acknowledged, in order, and the open writes, of which nobody
 * knows yet. A replica of the in-sync set must show the newest acknowledged value or an open one;
 * after a loss of memory, and on its platters, anything from the last flush on. When a head begins
 * to serve, nothing is open any more: what the members hold is what counts.
 */
final class History {
  /** What a snapshot shows where none of its holders can be read: it may be anything. */
  static final long UNREADABLE = Long.MIN_VALUE;

  private final Orders orders;
  private final Slot[] slots = new Slot[Layout.HOT_SECTORS.length];
  private Promise highestServed = Promise.NONE;
  private final Set<Long> undone = new HashSet<>();
  private final Set<Long> undoneByCrash = new HashSet<>();
  private long acknowledged;
  private long readsChecked;

  History(Orders orders) {
    this.orders = orders;
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot();
    }
  }

  long acknowledged() {
    return acknowledged;
  }

  long readsChecked() {
    return readsChecked;
  }

  /** True if a newer run has begun to serve: what this one's client does has no effect any more. */
  boolean isSuperseded(Promise run) {
    return run.compareTo(highestServed) < 0;
  }

  // Writes

  /** A write is given to the head; the order says when, compared with others. */
  long submitted(ByteRange range, long stamp) {
    long order = orders.next();
    forEach(range, slot -> slot.open.add(stamp, order));
    return order;
  }

  void acknowledged(Promise run, OpenWrite write, boolean durable) {
    acknowledged++;
    if (isSuperseded(run)) {
      checkLateAcknowledgement(run, write, durable);
      return;
    }
    forEach(
        write.range(),
        slot -> {
          slot.open.remove(write.order());
          slot.versions.add(write.stamp(), write.order(), orders.now());
          if (durable) {
            slot.durableFrom = Math.max(slot.durableFrom, write.order());
          }
        });
  }

  /**
   * I2: an answer may reach a client late, but only for a write from before the newer run has begun
   * to serve. That run may lack it only as after a power cut: every member crashed, and the write
   * asked for no durability.
   */
  private void checkLateAcknowledgement(Promise run, OpenWrite write, boolean durable) {
    if (write.order() == 0
        || undone.contains(write.order())
        || (durable && undoneByCrash.contains(write.order()))) {
      throw new SimulationFailure(
          "I2: run "
              + run
              + " acknowledges a write that run "
              + highestServed
              + " does not have: "
              + write);
    }
  }

  /** The write is submitted again, so it may take effect later than others. */
  OpenWrite resubmitted(OpenWrite write) {
    forEach(write.range(), slot -> slot.open.remove(write.order()));
    return new OpenWrite(write.range(), write.stamp(), submitted(write.range(), write.stamp()));
  }

  /**
   * The newest acknowledged order of every sector: a flush makes it durable, a read must not show
   * an older one.
   */
  long[] newest() {
    long[] newest = new long[slots.length];
    for (int i = 0; i < slots.length; i++) {
      newest[i] = slots[i].versions.lastOrder();
    }
    return newest;
  }

  void flushed(long[] newestAtRequest) {
    for (int i = 0; i < slots.length; i++) {
      slots[i].durableFrom = Math.max(slots[i].durableFrom, newestAtRequest[i]);
    }
  }

  // Checks

  /** I1 on a member that has lost nothing, and on every member's platters. */
  void checkMember(String replica, SimulatedDisk disk, boolean lossy) {
    for (int i = 0; i < slots.length; i++) {
      int sector = Layout.HOT_SECTORS[i];
      Slot slot = slots[i];
      long visible = disk.visible(sector);
      if (lossy ? !slot.allowsAfterCrash(visible) : !slot.allows(visible)) {
        throw new SimulationFailure(
            "I1: in-sync "
                + (lossy ? "lossy " : "")
                + replica
                + " lacks acknowledged writes: "
                + slot.describe(sector, visible));
      }
      long durable = disk.durable(sector);
      if (!slot.allowsAfterCrash(durable)) {
        throw new SimulationFailure(
            "I1: a flushed write would not survive a power cut of "
                + replica
                + ": "
                + slot.describe(sector, durable));
      }
    }
  }

  /**
   * Reads never go back in time; those of a head that has been replaced may be old, but must have
   * been true once.
   */
  void checkRead(Promise run, ByteRange range, long[] newestAtStart, long[] content) {
    readsChecked++;
    boolean superseded = isSuperseded(run);
    int first = Layout.firstSector(range);
    for (int i = 0; i < content.length; i++) {
      int index = Layout.slotOf(first + i);
      Slot slot = slots[index];
      long from = superseded ? 0 : newestAtStart[index];
      if (!superseded) {
        slot.observe(content[i], from);
      }
      if (!slot.versions.contains(content[i], from)
          && !(superseded && slot.open.contains(content[i], 0))) {
        throw new SimulationFailure(
            "a read of run "
                + run
                + " goes back in time, before "
                + from
                + ": "
                + slot.describe(first + i, content[i]));
      }
    }
  }

  /**
   * A head begins to serve after an opening.
   *
   * @param members the disks of every member: they must be equal, save where none can be read
   * @param mayHaveLost no member has kept its memory and the client relies on flushed writes only
   */
  void serving(Promise run, List<SimulatedDisk> members, boolean mayHaveLost) {
    highestServed = run.compareTo(highestServed) > 0 ? run : highestServed;
    for (int i = 0; i < slots.length; i++) {
      int sector = Layout.HOT_SECTORS[i];
      Slot slot = slots[i];
      long value = members.getFirst().visible(sector);
      Set<Long> hidden = new TreeSet<>();
      for (SimulatedDisk member : members) {
        if (member.visible(sector) != value) {
          hidden.add(member.visible(sector));
        }
      }
      for (long other : hidden) {
        boolean unseen = members.stream().allMatch(member -> member.isBad(sector));
        if (!unseen || !(mayHaveLost ? slot.allowsAfterCrash(other) : slot.allows(other))) {
          throw new SimulationFailure(
              "run "
                  + run
                  + " serves with members that differ, one has "
                  + other
                  + ": "
                  + slot.describe(sector, value));
        }
      }
      if (!(mayHaveLost ? slot.allowsAfterCrash(value) : slot.allows(value))) {
        throw new SimulationFailure(
            "I1: run "
                + run
                + " serves without acknowledged writes: "
                + slot.describe(sector, value));
      }
      slot.open.ordersAbove(slot.newestOrderOf(value), mayHaveLost ? undoneByCrash : undone);
      slot.settleBelow(slot.newestOrderOf(value));
      if (slot.versions.last() != value) {
        slot.versions.add(value, orders.next());
      }
      slot.durableFrom = slot.versions.lastOrder();
      slot.open.clear();
      hidden.forEach(other -> slot.open.add(other, orders.now())); // until it is written anew
    }
  }

  // Snapshots

  /**
   * A snapshot is one moment between its request and its answer: everything acknowledged before the
   * request is in it, and with a write everything that was acknowledged before that was submitted.
   *
   * @param newestAtRequest newest acknowledged order of every sector when it was asked for
   */
  void checkSnapshot(Promise run, long[] content, long[] newestAtRequest) {
    if (isSuperseded(run)) {
      return; // taken by right, but what counts since then may be older, after a power cut
    }
    for (int i = 0; i < slots.length; i++) {
      if (content[i] != UNREADABLE
          && !slots[i].versions.contains(content[i], newestAtRequest[i])
          && !slots[i].open.contains(content[i], 0)) {
        throw new SimulationFailure(
            "a snapshot of run "
                + run
                + " lacks what was acknowledged at "
                + newestAtRequest[i]
                + ": "
                + slots[i].describe(Layout.HOT_SECTORS[i], content[i]));
      }
    }
    checkContainsWhatWasKnownBefore(newestSubmission(content), content);
  }

  /** The newest write that a snapshot contains, as it was first submitted. */
  long newestSubmission(long[] content) {
    long newest = 0;
    for (int i = 0; i < slots.length; i++) {
      if (content[i] != 0 && content[i] != UNREADABLE) {
        long version = slots[i].versions.oldestOrderOf(content[i], 0);
        long order = version == Stamps.NONE ? slots[i].open.oldestOrderOf(content[i], 0) : version;
        newest = Math.max(newest, order);
      }
    }
    return newest;
  }

  void checkContainsWhatWasKnownBefore(long submission, long[] content) {
    for (int i = 0; i < slots.length; i++) {
      long needed = slots[i].versions.newestKnownBefore(submission);
      if (content[i] != UNREADABLE && slots[i].newestOrderOf(content[i]) < needed) {
        throw new SimulationFailure(
            "a snapshot has write "
                + submission
                + " and lacks "
                + needed
                + ", which its client knew of: "
                + slots[i].describe(Layout.HOT_SECTORS[i], content[i]));
      }
    }
  }

  /** A write that its client still waits for. */
  record OpenWrite(ByteRange range, long stamp, long order) {}

  private void forEach(ByteRange range, Consumer<Slot> action) {
    int first = Layout.firstSector(range);
    for (int i = 0; i < Layout.sectors(range); i++) {
      action.accept(slots[Layout.slotOf(first + i)]);
    }
  }

  private static final class Slot {
    private final Stamps versions = new Stamps();
    private final Stamps open = new Stamps();
    private long durableFrom;

    private Slot() {
      versions.add(0, 0);
    }

    /** What a read has shown once must stay: an open write that was read counts as acknowledged. */
    private void observe(long value, long from) {
      if (!versions.contains(value, from)) {
        long order = open.oldestOrderOf(value, from); // trims all look alike
        if (order != Stamps.NONE) {
          versions.add(value, order);
        }
      }
    }

    /** Open writes that a newer one has overwritten: a head that is slow may have shown them. */
    private void settleBelow(long order) {
      for (int i = 0; i < open.size; i++) {
        if (open.orders[i] < order) {
          versions.add(open.stamps[i], open.orders[i]);
        }
      }
    }

    private long newestOrderOf(long value) {
      return Math.max(versions.newestOrderOf(value), open.newestOrderOf(value));
    }

    private boolean allows(long value) {
      return versions.last() == value || open.contains(value, 0);
    }

    private boolean allowsAfterCrash(long value) {
      return versions.last() == value
          || versions.contains(value, durableFrom)
          || open.contains(value, 0);
    }

    private String describe(int sector, long value) {
      return "sector "
          + sector
          + " has "
          + value
          + ", acknowledged "
          + versions
          + " (durable from "
          + durableFrom
          + "), open "
          + open;
    }
  }

  /** Stamps sorted by order, without boxing. */
  private static final class Stamps {
    private static final int SHOWN = 6;
    private static final long NONE = -1;

    private long[] stamps = new long[8];
    private long[] orders = new long[8];

    /** When the client heard of it, as the newest submission by then; or never. */
    private long[] known = new long[8];

    private int size;

    private void add(long stamp, long order) {
      add(stamp, order, Long.MAX_VALUE);
    }

    private void add(long stamp, long order, long knownAt) {
      if (size == stamps.length) {
        stamps = Arrays.copyOf(stamps, size * 2);
        orders = Arrays.copyOf(orders, size * 2);
        known = Arrays.copyOf(known, size * 2);
      }
      int position = size;
      while (position > 0 && orders[position - 1] > order) {
        stamps[position] = stamps[position - 1];
        orders[position] = orders[position - 1];
        known[position] = known[position - 1];
        position--;
      }
      stamps[position] = stamp;
      orders[position] = order;
      known[position] = knownAt;
      size++;
    }

    private void remove(long order) {
      for (int i = 0; i < size; i++) {
        if (orders[i] == order) {
          size--;
          System.arraycopy(stamps, i + 1, stamps, i, size - i);
          System.arraycopy(orders, i + 1, orders, i, size - i);
          System.arraycopy(known, i + 1, known, i, size - i);
          return;
        }
      }
    }

    private boolean contains(long stamp, long fromOrder) {
      for (int i = size - 1; i >= 0 && orders[i] >= fromOrder; i--) {
        if (stamps[i] == stamp) {
          return true;
        }
      }
      return false;
    }

    private long newestOrderOf(long stamp) {
      for (int i = size - 1; i >= 0; i--) {
        if (stamps[i] == stamp) {
          return orders[i];
        }
      }
      return NONE;
    }

    private long oldestOrderOf(long stamp, long fromOrder) {
      for (int i = 0; i < size; i++) {
        if (stamps[i] == stamp && orders[i] >= fromOrder) {
          return orders[i];
        }
      }
      return NONE;
    }

    /** The newest one that the client knew of before a submission. */
    private long newestKnownBefore(long submission) {
      for (int i = size - 1; i >= 0; i--) {
        if (known[i] < submission) {
          return orders[i];
        }
      }
      return NONE;
    }

    private void ordersAbove(long order, Set<Long> into) {
      for (int i = 0; i < size; i++) {
        if (orders[i] > order) {
          into.add(orders[i]);
        }
      }
    }

    private long last() {
      return stamps[size - 1];
    }

    private long lastOrder() {
      return orders[size - 1];
    }

    private void clear() {
      size = 0;
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("[");
      for (int i = Math.max(0, size - SHOWN); i < size; i++) {
        text.append(stamps[i]).append('@').append(orders[i]).append(i < size - 1 ? ", " : "");
      }
      return text.append(']').toString();
    }
  }
}
