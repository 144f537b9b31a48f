package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.volumeagent.control.StateListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All snapshot sets. While the topic is read from its beginning nothing follows from what is heard;
 * after that what it no longer has is gone.
 */
public final class SnapshotSets implements StateListener<SnapshotSetState> {

  private final List<SnapshotSetListener> listeners = new ArrayList<>();
  private final Map<String, KnownSet> known = new HashMap<>();
  private final Map<String, KnownSet> heard = new TreeMap<>();
  private boolean replaying;
  private boolean everCaughtUp;

  /** A snapshot of a volume with the set that it belongs to. */
  public record Listed(String setId, String setName, String phase, @Nullable Instant takenAt) {}

  /** Adds a listener; only before sets are heard. */
  void listen(SnapshotSetListener listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized void onReplay() {
    replaying = true;
    heard.clear();
  }

  @Override
  public void onState(
      String setId, @Nullable SnapshotSetState state, @Nullable EventHeaders headers) {
    KnownSet before;
    KnownSet now;
    synchronized (this) {
      before = known.get(setId);
      boolean found =
          !everCaughtUp || (before != null && before.found() && isSameAttempt(before, state));
      now = state == null ? null : new KnownSet(state, headers, found);
      Map<String, KnownSet> target = replaying ? heard : known;
      if (now == null) {
        target.remove(setId);
      } else {
        target.put(setId, now);
      }
      if (replaying) {
        return;
      }
      notifyAll();
    }
    tell(before, now);
  }

  /**
   * A set that has failed may be taken again, with other ids: nobody has said anything of those.
   */
  private static boolean isSameAttempt(KnownSet before, @Nullable SnapshotSetState state) {
    return state != null
        && before.state().getMembers().stream()
            .allMatch(member ->
                state.getMembers().stream()
                    .anyMatch(other -> other.getSnapshotId().equals(member.getSnapshotId())));
  }

  @Override
  public void onCaughtUp() {
    Map<String, KnownSet> before;
    Map<String, KnownSet> now;
    synchronized (this) {
      before = new HashMap<>(known);
      now = new TreeMap<>(heard);
      known.clear();
      known.putAll(heard);
      heard.clear();
      replaying = false;
      everCaughtUp = true;
      notifyAll();
    }
    before.forEach((setId, set) -> {
      if (!now.containsKey(setId)) {
        tell(set, null);
      }
    });
    now.forEach((setId, set) -> tell(before.get(setId), set));
  }

  private void tell(@Nullable KnownSet before, @Nullable KnownSet now) {
    for (SnapshotSetListener listener : listeners) {
      if (now != null) {
        listener.onSet(now);
      } else if (before != null) {
        listener.onGone(before);
      }
    }
  }

  /** The newest state of a set. */
  synchronized Optional<KnownSet> find(String setId) {
    return Optional.ofNullable(known.get(setId));
  }

  /** All sets. */
  synchronized List<KnownSet> all() {
    return List.copyOf(known.values());
  }

  /**
   * Whether a replica holds a snapshot of a set that is complete; everything else on its disk may
   * be half taken, of another moment, or about to be deleted.
   */
  public synchronized boolean isGood(String volumeId, String snapshotId, String replicaId) {
    return known.values().stream()
        .anyMatch(set -> !set.isUnderWay() && set.lists(volumeId, snapshotId, replicaId));
  }

  /** Whether the topic was ever read up to its end; until then silence means nothing. */
  synchronized boolean hasCaughtUp() {
    return everCaughtUp;
  }

  /** The sets by the snapshots that they name. */
  synchronized Map<SnapshotName, KnownSet> bySnapshot() {
    Map<SnapshotName, KnownSet> sets = new HashMap<>();
    for (KnownSet set : known.values()) {
      for (SnapshotMember member : set.state().getMembers()) {
        sets.put(new SnapshotName(member.getVolumeId(), member.getSnapshotId()), set);
      }
    }
    return sets;
  }

  /** A snapshot of a volume. */
  record SnapshotName(String volumeId, String snapshotId) {}

  /** Set of a snapshot, if there is one. */
  public synchronized Optional<Listed> listed(String volumeId, String snapshotId) {
    return known.values().stream()
        .filter(set ->
            set.member(volumeId)
                .filter(member -> member.getSnapshotId().equals(snapshotId))
                .isPresent())
        .map(set ->
            new Listed(
                set.setId(),
                set.state().getName(),
                set.state().getPhase().name(),
                set.state().getTakenAt()))
        .findFirst();
  }

  /**
   * Waits until nobody takes a snapshot any more: it is there, or has come to nothing.
   *
   * @return false if it is still being taken when the time is up
   */
  public synchronized boolean awaitOver(
      String setId, String volumeId, String snapshotId, Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (isBeingTaken(setId, volumeId, snapshotId)) {
      long leftMs = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (leftMs <= 0) {
        return false;
      }
      wait(leftMs);
    }
    return true;
  }

  private boolean isBeingTaken(String setId, String volumeId, String snapshotId) {
    return find(setId)
        .filter(KnownSet::isUnderWay)
        .flatMap(set -> set.member(volumeId))
        .filter(member -> member.getSnapshotId().equals(snapshotId))
        .isPresent();
  }

  /** Who holds a snapshot of a set that is complete; empty if there is no such snapshot. */
  public synchronized List<SnapshotHolder> holders(
      String setId, String volumeId, String snapshotId) {
    return find(setId)
        .filter(set -> set.state().getPhase() == SnapshotSetPhase.READY)
        .flatMap(set -> set.member(volumeId))
        .filter(member -> member.getSnapshotId().equals(snapshotId))
        .map(member -> List.copyOf(member.getHolders()))
        .orElse(List.of());
  }
}
