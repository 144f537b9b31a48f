package io.mooring.volumemanager.rebalance;

import io.mooring.schemas.RebalancePhase;
import io.mooring.schemas.ReplicaMovePhase;
import io.mooring.volumemanager.volume.Cause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A rebalance with its moves.
 *
 * <pre>
 * PENDING               is planned, then
 *         -> RUNNING    the first move is asked for
 *         -> DONE       a trial, or nothing to move
 * RUNNING -> PAUSED     on request; moves that are under way go on
 *         -> DONE       no move is left
 * PAUSED  -> RUNNING    on request
 * PENDING, RUNNING, PAUSED -> CANCELLED    on request; replicas that are not in sync are taken back
 * </pre>
 *
 * @param commands keys of the commands that it answers
 * @param deviationPercent pools within it are left alone, in percentage points
 * @param deviation largest deviation of a pool; null until there is a plan
 */
public record RebalanceJob(
    String id,
    RebalancePhase phase,
    boolean trial,
    Origin origin,
    List<String> commands,
    double deviationPercent,
    @Nullable Deviation deviation,
    List<Move> moves,
    Instant updatedAt) {

  /** Where it comes from. */
  public record Origin(String requestedBy, Cause cause, Instant startedAt) {}

  /**
   * Largest deviation of a pool, in percentage points.
   *
   * @param after as planned, until the rebalance has ended
   */
  public record Deviation(double before, double after) {}

  /**
   * A move.
   *
   * @param number position in the plan, from 1
   * @param requestedAt when it was asked for, null if it was not
   * @param reason why it was given up, empty otherwise
   */
  public record Move(
      int number,
      PlannedMove plan,
      ReplicaMovePhase phase,
      @Nullable Instant requestedAt,
      String reason) {

    boolean isUnderWay() {
      return switch (phase) {
        case REQUESTED, COPYING -> true;
        case PLANNED, DONE, GIVEN_UP -> false;
      };
    }

    Move requested(Instant now) {
      return new Move(number, plan, ReplicaMovePhase.REQUESTED, now, "");
    }

    Move in(ReplicaMovePhase newPhase) {
      return new Move(number, plan, newPhase, requestedAt, "");
    }

    Move givenUp(String why) {
      return new Move(number, plan, ReplicaMovePhase.GIVEN_UP, requestedAt, why);
    }
  }

  /** A rebalance that is to be planned. */
  public static RebalanceJob requested(
      String id, boolean trial, Origin origin, String command, double deviationPercent) {
    return new RebalanceJob(
        id,
        RebalancePhase.PENDING,
        trial,
        origin,
        List.of(command),
        deviationPercent,
        null,
        List.of(),
        origin.startedAt());
  }

  /** The same with a plan; it has not begun. */
  public RebalanceJob planned(RebalancePlan plan, Instant now) {
    List<Move> moves = new ArrayList<>();
    for (PlannedMove move : plan.moves()) {
      moves.add(new Move(moves.size() + 1, move, ReplicaMovePhase.PLANNED, null, ""));
    }
    Deviation planned = new Deviation(plan.deviationBefore(), plan.deviationAfter());
    return new RebalanceJob(
        id, phase, trial, origin, commands, deviationPercent, planned, List.copyOf(moves), now);
  }

  public boolean isPlanned() {
    return deviation != null;
  }

  /** Nothing before there is a plan. */
  public Deviation knownDeviation() {
    return deviation == null ? new Deviation(0, 0) : deviation;
  }

  public boolean isOver() {
    return switch (phase) {
      case DONE, CANCELLED -> true;
      case PENDING, RUNNING, PAUSED -> false;
    };
  }

  public int count(ReplicaMovePhase movePhase) {
    return (int) moves.stream().filter(move -> move.phase() == movePhase).count();
  }

  boolean has(Predicate<Move> wanted) {
    return moves.stream().anyMatch(wanted);
  }

  /** Another command that this rebalance answers too. */
  public RebalanceJob joinedBy(String command) {
    List<String> more = new ArrayList<>(commands);
    more.add(command);
    return new RebalanceJob(
        id, phase, trial, origin, List.copyOf(more), deviationPercent, deviation, moves, updatedAt);
  }

  RebalanceJob in(RebalancePhase newPhase, Instant now) {
    return new RebalanceJob(
        id, newPhase, trial, origin, commands, deviationPercent, deviation, moves, now);
  }

  RebalanceJob with(List<Move> newMoves, Instant now) {
    return new RebalanceJob(
        id,
        phase,
        trial,
        origin,
        commands,
        deviationPercent,
        deviation,
        List.copyOf(newMoves),
        now);
  }

  RebalanceJob with(Deviation newDeviation) {
    return new RebalanceJob(
        id, phase, trial, origin, commands, deviationPercent, newDeviation, moves, updatedAt);
  }
}
