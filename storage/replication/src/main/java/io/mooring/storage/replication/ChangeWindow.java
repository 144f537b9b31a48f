package io.mooring.storage.replication;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The changes under way, a ring by sequence. */
final class ChangeWindow {
  private @Nullable Change[] ring = new Change[256];
  private long first = 1;
  private long last;

  /** Everything up to here is acknowledged. */
  private long acknowledgedUpTo;

  /** Sequence of the oldest change of which something is outstanding. */
  long first() {
    return first;
  }

  /** Sequence of the newest change. */
  long last() {
    return last;
  }

  long nextSequence() {
    return last + 1;
  }

  void add(Change change) {
    Invariants.check(change.sequence() == last + 1, "change %s after %s", change.sequence(), last);
    if (change.sequence() - first >= ring.length) {
      grow();
    }
    last = change.sequence();
    ring[slot(last)] = change;
  }

  /** Uses up one sequence, so that a flush can name a point after everything before. */
  long skip() {
    Change nothing = new Change(nextSequence(), null, null, null);
    nothing.acknowledged();
    add(nothing);
    retire();
    return last;
  }

  @Nullable Change get(long sequence) {
    return sequence < first || sequence > last ? null : ring[slot(sequence)];
  }

  void forEach(Consumer<Change> action) {
    for (long sequence = first; sequence <= last; sequence++) {
      Change change = ring[slot(sequence)];
      if (change != null) {
        action.accept(change);
      }
    }
  }

  boolean hasOutstanding() {
    for (long sequence = first; sequence <= last; sequence++) {
      Change change = ring[slot(sequence)];
      if (change != null && change.outstanding() != 0) {
        return true;
      }
    }
    return false;
  }

  long acknowledgedUpTo() {
    while (acknowledgedUpTo < last) {
      Change next = get(acknowledgedUpTo + 1);
      if (next != null && !next.isAcknowledged()) {
        break;
      }
      acknowledgedUpTo++;
    }
    return acknowledgedUpTo;
  }

  /** Drops the oldest changes of which nothing is outstanding. */
  void retire() {
    while (first <= last) {
      Change oldest = ring[slot(first)];
      if (oldest != null && (!oldest.isAcknowledged() || oldest.outstanding() != 0)) {
        return;
      }
      ring[slot(first)] = null;
      first++;
    }
  }

  private void grow() {
    @Nullable Change[] larger = new Change[ring.length * 2];
    for (long sequence = first; sequence <= last; sequence++) {
      larger[(int) (sequence & (larger.length - 1))] = ring[slot(sequence)];
    }
    ring = larger;
  }

  private int slot(long sequence) {
    return (int) (sequence & (ring.length - 1));
  }
}
