package io.mooring.volumemanager.rebalance;

import io.mooring.volumemanager.rebalance.RebalanceJob.Move;

/** What follows from a step of a rebalance. */
public sealed interface RebalanceEffect {

  /** The volume is asked to move a replica. */
  record Request(Move move) implements RebalanceEffect {}

  /** The volume is asked to take the new replica back. */
  record TakeBack(Move move) implements RebalanceEffect {}

  /** A move came to another state. */
  record MoveChanged(Move move) implements RebalanceEffect {}

  /** The rebalance came to another state. */
  record JobChanged(String reason) implements RebalanceEffect {}
}
