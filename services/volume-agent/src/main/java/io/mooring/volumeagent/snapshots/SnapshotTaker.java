package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMemberPhase;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.HeadState;
import io.mooring.volumeagent.volumes.VolumeLanes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Takes the snapshots of sets on the heads that run here: holds writes back when a set asks for it,
 * and takes each snapshot under its own hold when all members are held.
 *
 * <p>A snapshot is taken only by the run that held, under the very hold that was reported. Anything
 * else would not be the moment that the set shows: a run that begins to hold when other members are
 * taken already would keep a write that followed one which they lack. So a run that finds a set
 * under way says that it has missed it, and so does a head that took over from another node.
 *
 * <p>Of a volume that is half none is taken, whatever the set says: this node has heard what its
 * head was opened for before it was opened, and whoever decides on the set may not.
 *
 * <p>Everything about one volume happens on its lane, so in order.
 */
public final class SnapshotTaker implements SnapshotSetListener, AutoCloseable {

  /** Nothing on a lane waits for anything. */
  private static final int LANES = 4;

  private final SnapshotSets sets;
  private final Function<String, Optional<VolumeHead>> heads;
  private final Predicate<String> half;
  private final SnapshotReports reports;
  private final VolumeLanes lanes = new VolumeLanes("snapshots", LANES);
  private final SnapshotCounters counters;

  /** Each is touched on its volume's lane only. */
  private final Map<Key, Attempt> attempts = new ConcurrentHashMap<>();

  private record Key(String setId, String volumeId) {}

  private SnapshotTaker(
      SnapshotSets sets,
      Function<String, Optional<VolumeHead>> heads,
      Predicate<String> half,
      SnapshotReports reports,
      SnapshotCounters counters) {
    this.sets = sets;
    this.heads = heads;
    this.half = half;
    this.reports = reports;
    this.counters = counters;
  }

  /**
   * Begins to follow the sets; before any is heard.
   *
   * @param heads the head of a volume, if it runs here
   * @param half whether part of a volume's content is not what it is to be
   */
  public static SnapshotTaker start(
      SnapshotSets sets,
      Function<String, Optional<VolumeHead>> heads,
      Predicate<String> half,
      SnapshotReports reports,
      SnapshotCounters counters) {
    SnapshotTaker taker = new SnapshotTaker(sets, heads, half, reports, counters);
    sets.listen(taker);
    return taker;
  }

  @Override
  public void onSet(KnownSet set) {
    for (SnapshotMember member : set.state().getMembers()) {
      String volumeId = member.getVolumeId();
      if (attempts.containsKey(new Key(set.setId(), volumeId))
          || heads.apply(volumeId).isPresent()) {
        lanes.submit(volumeId, () -> follow(set, member));
      }
    }
  }

  @Override
  public void onGone(KnownSet last) {
    for (SnapshotMember member : last.state().getMembers()) {
      Key key = new Key(last.setId(), member.getVolumeId());
      if (attempts.containsKey(key)) {
        lanes.submit(member.getVolumeId(), () -> end(key));
      }
    }
  }

  /**
   * The head of a volume serves that was opened for this set: when the set was heard it may have
   * been too early to hold.
   */
  public void headServes(String setId, String volumeId) {
    lanes.submit(
        volumeId,
        () ->
            sets.find(setId)
                .ifPresent(set -> set.member(volumeId).ifPresent(member -> follow(set, member))));
  }

  // On the volume's lane

  private void follow(KnownSet set, SnapshotMember member) {
    Key key = new Key(set.setId(), member.getVolumeId());
    Attempt attempt = attempts.get(key);
    if (attempt != null && (!set.isUnderWay() || !attempt.isFor(member))) {
      end(key);
      attempt = null;
    }
    if (!set.isUnderWay()) {
      return;
    }
    if (attempt == null && isOpen(member)) {
      heads
          .apply(member.getVolumeId())
          .filter(head -> !(head.state() instanceof HeadState.Opening))
          .ifPresent(head -> attempts.put(key, begin(set, member, head)));
    } else if (attempt != null && isTaking(set)) {
      attempt.take(set, member);
    }
  }

  private static boolean isOpen(SnapshotMember member) {
    return switch (member.getPhase()) {
      case WAITING, HELD -> true;
      case TAKEN, MISSED -> false;
    };
  }

  private Attempt begin(KnownSet set, SnapshotMember member, VolumeHead head) {
    Attempt attempt =
        new Attempt(
            set,
            member,
            head,
            work -> lanes.submit(member.getVolumeId(), work),
            new Attempt.Results(reports, counters));
    if (set.found()) {
      attempt.missed("SNP-061", "The agent was started while the set was being taken.");
    } else if (half.test(member.getVolumeId())) {
      attempt.missed("SNP-066", "Somebody writes all of its content anew.");
    } else if (!isTaking(set)) {
      attempt.hold();
    } else if (isAlone(set, member)) {
      attempt.takeWithoutHold();
    } else {
      attempt.missed("SNP-062", "Its writes were not held back by this head.");
    }
    return attempt;
  }

  private static boolean isTaking(KnownSet set) {
    return switch (set.state().getPhase()) {
      case TAKING -> true;
      case HOLDING, READY, FAILED, DELETING -> false;
    };
  }

  /** A set of one needs no hold: its head holds writes back for as long as the snapshot takes. */
  private static boolean isAlone(KnownSet set, SnapshotMember member) {
    return set.state().getMembers().size() == 1 && member.getPhase() == SnapshotMemberPhase.WAITING;
  }

  private void end(Key key) {
    Attempt attempt = attempts.remove(key);
    if (attempt != null) {
      attempt.end();
    }
  }

  @Override
  public void close() {
    lanes.close();
  }
}
