package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.PeerObservation;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of one node between two inputs. Times are own time. */
final class NodeTrack {

  /** An observation and the beat that carried it. */
  record Seen(NodeHeartbeat beat, PeerObservation view) {}

  private final String nodeId;
  private final GapWindow gaps;
  private final PoolWatch pools;
  private final Map<String, Seen> seenBy = new TreeMap<>();
  private NodeStatus status;
  private String incarnation;
  private @Nullable NodeHeartbeat newestBeat;
  private boolean newestBeatIsCurrent;
  private long heardAtMs;
  private long reachedAtMs;
  private long refusedAtMs;
  private long kernelAnsweredAtMs = Long.MIN_VALUE;

  NodeTrack(RememberedNode remembered, GapWindow gaps, PoolWatch pools, long nowMs) {
    this.nodeId = remembered.nodeId();
    this.incarnation = remembered.incarnation();
    this.status = remembered.status();
    this.gaps = gaps;
    this.pools = pools;
    this.heardAtMs = nowMs;
    this.reachedAtMs = nowMs;
    this.refusedAtMs = nowMs;
  }

  String nodeId() {
    return nodeId;
  }

  String incarnation() {
    return incarnation;
  }

  NodeStatus status() {
    return status;
  }

  void become(NodeStatus next) {
    status = next;
  }

  PoolWatch pools() {
    return pools;
  }

  RememberedNode remember() {
    return new RememberedNode(nodeId, incarnation, status, pools.sick());
  }

  /**
   * Takes in a beat.
   *
   * @return false if it is a repetition of one that was heard already
   */
  boolean hear(NodeHeartbeat beat, boolean current, long nowMs) {
    boolean sameRun = newestBeat != null && beat.getIncarnation().equals(incarnation);
    if (sameRun && beat.getSequence() <= newestBeat.getSequence()) {
      return false;
    }
    if (sameRun) {
      gaps.add(nowMs - heardAtMs);
    }
    incarnation = beat.getIncarnation();
    newestBeat = beat;
    newestBeatIsCurrent = current;
    heardAtMs = nowMs;
    return true;
  }

  /** Takes note of what the voters see. */
  void sighted(Sight sight, long minSilenceMs, long nowMs) {
    switch (sight) {
      case Sight.Reached _ -> reachedAtMs = nowMs;
      case Sight.AgentGone _ -> refusedAtMs = nowMs;
      case Sight.AgentStalled _ -> {
        // its kernel answers, as it does in the other two
      }
      case Sight.Gone _, Sight.Undecided _ -> {
        return;
      }
    }
    // What peers report early in a silence may be older than the silence.
    if (silentMs(nowMs) >= 2 * minSilenceMs) {
      kernelAnsweredAtMs = nowMs;
    }
  }

  /**
   * Whether the node's kernel has answered since the node fell silent: then it was slow, not dead.
   */
  boolean wasMerelySlow() {
    return kernelAnsweredAtMs > heardAtMs;
  }

  /** Whether a beat that told of the present came then or later. */
  boolean wasHeardSince(long sinceMs) {
    return newestBeat != null && newestBeatIsCurrent && heardAtMs >= sinceMs;
  }

  long silentMs(long nowMs) {
    return nowMs - heardAtMs;
  }

  /** Time since the node was last known to be alive, by its own word or by a peer's. */
  long withoutSignOfLifeMs(long nowMs) {
    return nowMs - Math.max(heardAtMs, reachedAtMs);
  }

  /** As above, but an agent that was gone in between has begun anew: it stalls while it starts. */
  long stalledMs(long nowMs) {
    return Math.min(withoutSignOfLifeMs(nowMs), nowMs - refusedAtMs);
  }

  double phi(long nowMs) {
    return gaps.phi(silentMs(nowMs));
  }

  /** Another node's beat says this about this node. */
  void seen(NodeHeartbeat observersBeat, PeerObservation view) {
    seenBy.put(observersBeat.getNodeId(), new Seen(observersBeat, view));
  }

  /** What other nodes said about this one, by observer. */
  Map<String, Seen> seenBy() {
    return seenBy;
  }

  /** Whether that is what this node says now: it may have ceased to probe the other one since. */
  boolean stillSays(Seen seen) {
    return seen.beat() == newestBeat;
  }

  /** Whether this node's observation is worth a vote now. */
  boolean mayVote(PeerObservation view, LivenessSettings settings, long nowMs) {
    if (newestBeat == null || !newestBeatIsCurrent || !(status instanceof NodeStatus.Alive)) {
      return false;
    }
    long stalledMs = newestBeat.getStalledMs();
    return silentMs(nowMs) <= settings.voting().windowMs()
        && (stalledMs <= settings.voting().stalledLimitMs()
            || isBeyondDoubt(view, view.getSinceMs() - stalledMs, settings.verdict()));
  }

  /**
   * What counts even of an observer that was starved. No observer can make up an answer of the
   * other kernel. That nothing answers is noticed by its own kernel, not by the process that
   * starves: it must have lasted for longer, not counting the newest stall. Only whether the other
   * agent reads cannot be told from not being scheduled oneself; so that has to last for its whole
   * grace.
   */
  private static boolean isBeyondDoubt(
      PeerObservation view, long unstalledMs, LivenessSettings.Verdict limits) {
    return switch (view.getOutcome()) {
      case REACHABLE, REFUSED -> true;
      case UNREACHABLE -> unstalledMs >= 2 * limits.minUnreachableMs();
      case STALLED -> unstalledMs >= limits.stalledGraceMs();
      case UNKNOWN -> false;
    };
  }
}
