package io.mooring.volumemanager.rebalance;

import io.mooring.schemas.RebalanceControl;
import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.schemas.ReplicaRole;
import io.mooring.volumemanager.rebalance.RebalanceJob.Deviation;
import io.mooring.volumemanager.rebalance.RebalanceJob.Move;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The steps of a rebalance. What became of a move is read from the published states of volumes and
 * nowhere else, so a step may be taken late, twice, or by another instance. Of one volume, one
 * replica is moved at a time.
 *
 * @param movesMax moves that are under way at the same time, all volumes together
 * @param patience after this time, a volume that shows no sign of a move has refused it
 */
public record RebalanceSteps(int movesMax, Duration patience) {

  /** What a step looks at. */
  public interface View {

    /** A volume as it was published last; empty if it is gone. */
    Optional<VolumeOutline> volume(VolumeId id);

    /** The largest deviation of a pool now, in percentage points. */
    double largestDeviation();
  }

  /** The rebalance after a step, and what follows from it. */
  public record Step(RebalanceJob after, List<RebalanceEffect> effects) {
    public Step {
      effects = List.copyOf(effects);
    }
  }

  /** Time went by. */
  public Step advance(RebalanceJob job, View view, Instant now) {
    if (job.isOver() || !job.isPlanned()) {
      return new Step(job, List.of());
    }
    List<RebalanceEffect> effects = new ArrayList<>();
    RebalanceJob next = job;
    if (!job.trial()) {
      next = observe(next, view, now, effects);
      if (next.phase() != RebalancePhase.PAUSED) {
        next = begin(next, view, now, effects);
      }
    }
    return finishIfOver(next, view, now, effects);
  }

  /** Somebody wants it paused, resumed or cancelled; what it cannot obey changes nothing. */
  public Step control(RebalanceJob job, RebalanceControl wanted, View view, Instant now) {
    List<RebalanceEffect> effects = new ArrayList<>();
    if (job.isOver()) {
      return new Step(job, effects);
    }
    return switch (wanted) {
      case PAUSE -> entered(job, RebalancePhase.PAUSED, "paused on request", now, effects);
      case RESUME ->
          job.phase() == RebalancePhase.PAUSED
              ? entered(job, RebalancePhase.RUNNING, "resumed on request", now, effects)
              : new Step(job, effects);
      case CANCEL -> cancel(job, view, now, effects);
    };
  }

  private RebalanceJob observe(
      RebalanceJob job, View view, Instant now, List<RebalanceEffect> effects) {
    List<Move> moves = new ArrayList<>();
    for (Move before : job.moves()) {
      Move after = before.isUnderWay() ? observe(before, view, now, effects) : before;
      if (!after.equals(before)) {
        effects.add(new RebalanceEffect.MoveChanged(after));
      }
      moves.add(after);
    }
    return moves.equals(job.moves()) ? job : job.with(moves, now);
  }

  private Move observe(Move move, View view, Instant now, List<RebalanceEffect> effects) {
    Optional<VolumeOutline> found = view.volume(move.plan().volume());
    if (found.isEmpty()) {
      return move.givenUp("the volume was deleted");
    }
    VolumeOutline volume = found.get();
    Optional<VolumeOutline.Member> moved = volume.staying(move.plan().to());
    if (moved.isEmpty()) {
      return notThere(move, now);
    }
    if (moved.get().role() == ReplicaRole.IN_SYNC) {
      return volume
          .member(move.plan().replica())
          .map(old -> whileTheOldOneIsThere(move, old, moved.get()))
          .orElseGet(() -> move.in(ReplicaMovePhase.DONE));
    }
    if (volume.holder() == null) {
      effects.add(new RebalanceEffect.TakeBack(move));
      return move.givenUp("the volume is not in use any more, so nobody fills the new replica");
    }
    return copying(move);
  }

  /** Its space is free when its agent has removed it. */
  private static Move whileTheOldOneIsThere(
      Move move, VolumeOutline.Member old, VolumeOutline.Member moved) {
    return old.role() == ReplicaRole.LEAVING || moved.replaces() != null
        ? copying(move)
        : move.givenUp("another replica was lost meanwhile, and the new one took its place");
  }

  private static Move copying(Move move) {
    return move.phase() == ReplicaMovePhase.COPYING ? move : move.in(ReplicaMovePhase.COPYING);
  }

  private Move notThere(Move move, Instant now) {
    if (move.phase() == ReplicaMovePhase.COPYING) {
      return move.givenUp("the new replica was released before it was in sync");
    }
    Instant asked = move.requestedAt() == null ? Instant.EPOCH : move.requestedAt();
    return now.isAfter(asked.plus(patience))
        ? move.givenUp("the volume refused it; its events say why")
        : move;
  }

  private RebalanceJob begin(
      RebalanceJob job, View view, Instant now, List<RebalanceEffect> effects) {
    Set<VolumeId> busy = new HashSet<>();
    job.moves().stream().filter(Move::isUnderWay).forEach(move -> busy.add(move.plan().volume()));
    int free = movesMax - busy.size();
    List<Move> moves = new ArrayList<>();
    for (Move move : job.moves()) {
      Move next = move;
      if (move.phase() == ReplicaMovePhase.PLANNED && !busy.contains(move.plan().volume())) {
        Optional<VolumeOutline> volume = view.volume(move.plan().volume());
        if (volume.filter(VolumeOutline::isCopyable).isEmpty()) {
          next = move.givenUp("the volume is not in use or not healthy now");
        } else if (free > 0 && volume.filter(VolumeOutline::isMovable).isPresent()) {
          free--;
          next = move.requested(now);
          effects.add(new RebalanceEffect.Request(next));
        }
        // A later move of this volume was planned as if this one were done.
        busy.add(move.plan().volume());
      }
      if (!next.equals(move)) {
        effects.add(new RebalanceEffect.MoveChanged(next));
      }
      moves.add(next);
    }
    if (moves.equals(job.moves())) {
      return job;
    }
    RebalanceJob begun = job.with(moves, now);
    return job.phase() == RebalancePhase.PENDING && begun.has(Move::isUnderWay)
        ? entered(begun, RebalancePhase.RUNNING, "the first move has begun", now, effects).after()
        : begun;
  }

  private static Step finishIfOver(
      RebalanceJob job, View view, Instant now, List<RebalanceEffect> effects) {
    boolean left =
        !job.trial()
            && job.has(move -> move.isUnderWay() || move.phase() == ReplicaMovePhase.PLANNED);
    if (left) {
      return new Step(job, effects);
    }
    if (job.trial()) {
      return entered(job, RebalancePhase.DONE, "a trial: nothing is moved", now, effects);
    }
    RebalanceJob measured =
        job.with(new Deviation(job.knownDeviation().before(), view.largestDeviation()));
    return entered(measured, RebalancePhase.DONE, "no move is left", now, effects);
  }

  private static Step cancel(
      RebalanceJob job, View view, Instant now, List<RebalanceEffect> effects) {
    List<Move> moves = new ArrayList<>();
    for (Move move : job.moves()) {
      Move next = move;
      if (move.isUnderWay()) {
        effects.add(new RebalanceEffect.TakeBack(move));
      }
      if (move.isUnderWay() || move.phase() == ReplicaMovePhase.PLANNED) {
        next = move.givenUp("cancelled on request");
        effects.add(new RebalanceEffect.MoveChanged(next));
      }
      moves.add(next);
    }
    RebalanceJob cancelled =
        job.with(moves, now)
            .with(new Deviation(job.knownDeviation().before(), view.largestDeviation()));
    return entered(cancelled, RebalancePhase.CANCELLED, "cancelled on request", now, effects);
  }

  private static Step entered(
      RebalanceJob job,
      RebalancePhase phase,
      String reason,
      Instant now,
      List<RebalanceEffect> effects) {
    if (job.phase() == phase) {
      return new Step(job, effects);
    }
    effects.add(new RebalanceEffect.JobChanged(reason));
    return new Step(job.in(phase, now), effects);
  }
}
