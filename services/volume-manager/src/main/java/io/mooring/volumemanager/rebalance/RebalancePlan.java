package io.mooring.volumemanager.rebalance;

import java.util.List;

/**
 * Moves, in an order in which each of them makes things better.
 *
 * @param deviationBefore largest deviation of a pool before, in percentage points
 * @param deviationAfter the same after all moves
 * @param notMovable volumes that were left out because they are not in use, or not healthy
 */
public record RebalancePlan(
    List<PlannedMove> moves, double deviationBefore, double deviationAfter, int notMovable) {

  public RebalancePlan {
    moves = List.copyOf(moves);
  }
}
