package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.Observation;
import io.mooring.schemas.ProbeOutcome;
import java.util.List;

/** What the voters together see of a silent node. */
sealed interface Sight {

  /** Nobody may vote, or the votes allow no conclusion yet. */
  record Undecided() implements Sight {}

  /**
   * An agent reached the node's agent: it is cut off from the control topics only, and serves on.
   */
  record Reached() implements Sight {}

  /** The node's kernel refuses connections: its agent is gone and may be on its way back. */
  record AgentGone(String reason) implements Sight {}

  /**
   * The node's kernel accepts connections and nobody reads: the agent is paused, starved or
   * starting.
   */
  record AgentStalled(String reason) implements Sight {}

  /** Nothing answers, says a majority. */
  record Gone(String reason) implements Sight {}

  /**
   * Counts the votes. One voter who reaches the agent outweighs all others: the network between two
   * others may be broken, an answer cannot be invented. Where votes differ on how a living kernel
   * behaves, the longer grace holds.
   */
  static Sight of(List<Observation> observations, long minUnreachableMs, double majority) {
    List<Observation> votes = observations.stream().filter(Observation::getHasVote).toList();
    long unreachable =
        votes.stream()
            .filter(vote -> vote.getOutcome() == ProbeOutcome.UNREACHABLE)
            .filter(vote -> vote.getSinceMs() >= minUnreachableMs)
            .count();
    if (count(votes, ProbeOutcome.REACHABLE) > 0) {
      return new Reached();
    }
    if (unreachable > majority * votes.size()) {
      return new Gone("unreachable for %d of %d voters".formatted(unreachable, votes.size()));
    }
    long refused = count(votes, ProbeOutcome.REFUSED);
    if (refused > 0) {
      return new AgentGone(
          "agent gone: connections refused to %d of %d voters".formatted(refused, votes.size()));
    }
    long stalled = count(votes, ProbeOutcome.STALLED);
    if (stalled > 0) {
      return new AgentStalled("agent stalled for %d of %d voters".formatted(stalled, votes.size()));
    }
    return new Undecided();
  }

  private static long count(List<Observation> votes, ProbeOutcome outcome) {
    return votes.stream().filter(vote -> vote.getOutcome() == outcome).count();
  }
}
