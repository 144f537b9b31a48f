package io.mooring.failoverdetector.liveness;

import io.mooring.failoverdetector.liveness.NodeStatus.Alive;
import io.mooring.failoverdetector.liveness.NodeStatus.Down;
import io.mooring.failoverdetector.liveness.NodeStatus.Suspected;
import io.mooring.schemas.NodeCleared;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.NodeSuspected;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.Observation;
import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.ProbeOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges all nodes from what they say about themselves and each other. Not thread-safe: one owner
 * feeds it beats and ticks in the order in which they arrive. See the package description for the
 * rules.
 */
public final class LivenessJudge {

  /** A node this late is worth asking its peers about; below, the votes cannot change anything. */
  private static final int BEATS_BEFORE_ASKING = 2;

  private final LivenessSettings settings;
  private final Supplier<UUID> ids;
  private final OwnClock clock;
  private final Map<String, NodeTrack> nodes = new TreeMap<>();
  private long anybodyHeardAtMs;
  private long quietEndedAtMs;
  private boolean quiet;

  /**
   * @param ids source of event and correlation ids
   */
  public LivenessJudge(LivenessSettings settings, Supplier<UUID> ids) {
    this.settings = settings;
    this.ids = ids;
    this.clock = new OwnClock(settings.cadence());
  }

  /** Takes up a node where an earlier run of the detector left it; its silence counts from now. */
  public void recall(RememberedNode remembered) {
    nodes.put(remembered.nodeId(), track(remembered));
  }

  /** Drops a node that left the cluster for good. */
  public void forget(String nodeId) {
    nodes.remove(nodeId);
  }

  /**
   * Takes in a beat.
   *
   * @param waitedMs how long the beat lay in the topic
   * @param beatId id of the beat's record, null if it has none
   * @param wallMs when it is processed
   */
  public List<Judgement> onBeat(
      NodeHeartbeat beat, long waitedMs, @Nullable UUID beatId, long wallMs) {
    long nowMs = clock.advance(wallMs);
    anybodyHeardAtMs = nowMs;
    if (quiet) {
      quiet = false;
      quietEndedAtMs = nowMs;
    }
    boolean current = waitedMs <= settings.voting().beatAgeLimitMs();
    List<Judgement> judgements = new ArrayList<>();
    NodeTrack node = nodes.get(beat.getNodeId());
    if (node == null) {
      if (!current) {
        return judgements; // a beat from the past does not show that the node exists now
      }
      node =
          track(new RememberedNode(beat.getNodeId(), beat.getIncarnation(), new Alive(), Map.of()));
      nodes.put(beat.getNodeId(), node);
      Trace trace = new Trace(ids.get(), ids.get(), beatId);
      judgements.add(judgement(node, new NodeUp(0L), trace, wallMs));
    }
    if (node.hear(beat, current, nowMs)) {
      spread(beat);
      if (current) {
        signOfLife(node, wallMs).ifPresent(judgements::add);
      }
      for (PoolWatch.Change change : node.pools().onReport(beat.getPools(), beatId)) {
        judgements.add(judgement(node, change.detail(), change.trace(), wallMs));
      }
    }
    return judgements;
  }

  /** Puts what a beat says about others where it is looked for. A node is no witness of itself. */
  private void spread(NodeHeartbeat beat) {
    for (PeerObservation view : beat.getPeers()) {
      NodeTrack seen = nodes.get(view.getNodeId());
      if (seen != null && !view.getNodeId().equals(beat.getNodeId())) {
        seen.seen(beat, view);
      }
    }
  }

  private Optional<Judgement> signOfLife(NodeTrack node, long wallMs) {
    return switch (node.status()) {
      case Alive _ -> Optional.empty();
      case Suspected suspected -> {
        node.become(suspected.clear());
        Object detail = new NodeCleared(wallMs - suspected.sinceMs());
        yield Optional.of(judgement(node, detail, suspected.trace().next(ids.get()), wallMs));
      }
      case Down down when down.beatsSince() + 1 < settings.hysteresis().upBeats() -> {
        node.become(down.heard());
        yield Optional.empty();
      }
      case Down down -> {
        node.become(down.comeUp());
        Object detail = new NodeUp(wallMs - down.sinceMs());
        yield Optional.of(judgement(node, detail, down.trace().next(ids.get()), wallMs));
      }
    };
  }

  /** Lets time pass. */
  public List<Judgement> onTick(long wallMs) {
    clock.advance(wallMs);
    quiet = clock.holdAt(anybodyHeardAtMs + settings.voting().windowMs()) || quiet;
    List<Judgement> judgements = new ArrayList<>();
    if (!quiet) {
      nodes.values().forEach(node -> judge(node, wallMs, judgements));
    }
    return judgements;
  }

  private void judge(NodeTrack node, long wallMs, List<Judgement> judgements) {
    long nowMs = clock.nowMs();
    if (node.status() instanceof Down
        || node.silentMs(nowMs) < BEATS_BEFORE_ASKING * settings.cadence().beatMs()) {
      return;
    }
    List<Observation> observations = observationsOf(node, nowMs);
    Sight sight = Sight.of(observations, minUnreachableMs(node), settings.voting().majority());
    node.sighted(sight, settings.verdict().minSilenceMs(), nowMs);
    Optional<String> reason = reasonToDeclareDown(node, sight, nowMs);
    if (node.status() instanceof Alive alive && (reason.isPresent() || isOverdue(node, nowMs))) {
      judgements.add(suspect(node, alive, wallMs));
    }
    if (node.status() instanceof Suspected suspected && reason.isPresent()) {
      Trace trace = suspected.trace().next(ids.get());
      node.become(suspected.declareDown(wallMs, trace));
      Object detail =
          new NodeDown(node.phi(nowMs), node.silentMs(nowMs), reason.get(), observations);
      judgements.add(judgement(node, detail, trace, wallMs));
    }
  }

  /**
   * Packets are lost while a node is paused, too: one that was merely slow must be gone for one
   * more probe.
   */
  private long minUnreachableMs(NodeTrack node) {
    long minUnreachableMs = settings.verdict().minUnreachableMs();
    return node.wasMerelySlow() ? minUnreachableMs * 3 / 2 : minUnreachableMs;
  }

  private Judgement suspect(NodeTrack node, Alive alive, long wallMs) {
    long nowMs = clock.nowMs();
    Trace trace = new Trace(ids.get(), ids.get(), null);
    node.become(alive.suspect(wallMs, trace));
    return judgement(node, new NodeSuspected(node.phi(nowMs), node.silentMs(nowMs)), trace, wallMs);
  }

  private boolean isOverdue(NodeTrack node, long nowMs) {
    return node.phi(nowMs) >= settings.suspicion().phi() && isSettled(nowMs);
  }

  private Optional<String> reasonToDeclareDown(NodeTrack node, Sight sight, long nowMs) {
    LivenessSettings.Verdict limits = settings.verdict();
    boolean agentGraceIsOver = node.withoutSignOfLifeMs(nowMs) >= limits.agentGraceMs();
    boolean stalledGraceIsOver = node.stalledMs(nowMs) >= limits.stalledGraceMs();
    boolean silentLongEnough =
        Math.min(node.silentMs(nowMs), sinceQuietMs(nowMs)) >= limits.minSilenceMs();
    return switch (sight) {
      case Sight.Undecided _, Sight.Reached _ -> Optional.empty();
      case Sight.AgentGone(String reason) -> Optional.of(reason).filter(_ -> agentGraceIsOver);
      case Sight.AgentStalled(String reason) ->
          Optional.of(reason).filter(_ -> stalledGraceIsOver || agentGraceIsOver);
      case Sight.Gone(String reason) ->
          Optional.of(reason)
              .filter(_ -> silentLongEnough)
              .filter(_ -> mostOthersAreHeard(node, nowMs));
    };
  }

  /**
   * When the control topics go away or come back, some beats arrive and others do not. The few who
   * are heard must not decide alone: who reaches the node may be among those who are not. A node
   * that has been silent for the time in which everybody reconnects is waited for no more, nor is
   * one whose agent is gone.
   */
  private boolean mostOthersAreHeard(NodeTrack node, long nowMs) {
    long heard = 0;
    long missing = 0;
    for (NodeTrack other : nodes.values()) {
      long silentMs = Math.min(other.silentMs(nowMs), sinceQuietMs(nowMs));
      if (other == node || other.status() instanceof Down) {
        continue;
      }
      if (other.wasHeardSince(Math.max(quietEndedAtMs, nowMs - settings.voting().windowMs()))) {
        heard++;
      } else if (silentMs < settings.suspicion().settleMs()
          && !(sightOf(other, nowMs) instanceof Sight.AgentGone)) {
        missing++;
      }
    }
    return heard > missing;
  }

  private Sight sightOf(NodeTrack node, long nowMs) {
    return Sight.of(
        observationsOf(node, nowMs), minUnreachableMs(node), settings.voting().majority());
  }

  private boolean isSettled(long nowMs) {
    return sinceQuietMs(nowMs) >= settings.suspicion().settleMs();
  }

  private long sinceQuietMs(long nowMs) {
    return nowMs - quietEndedAtMs;
  }

  private List<Observation> observationsOf(NodeTrack node, long nowMs) {
    List<Observation> observations = new ArrayList<>();
    node.seenBy()
        .forEach((observerId, seen) -> {
          NodeTrack observer = nodes.get(observerId);
          PeerObservation view = seen.view();
          if (observer != null
              && observer.stillSays(seen)
              && view.getOutcome() != ProbeOutcome.UNKNOWN) {
            boolean vote = observer.mayVote(view, settings, nowMs);
            observations.add(
                new Observation(observerId, view.getOutcome(), view.getSinceMs(), vote));
          }
        });
    return observations;
  }

  /** What to keep of a node for a later run; empty if the node is not known. */
  public Optional<RememberedNode> remember(String nodeId) {
    return Optional.ofNullable(nodes.get(nodeId)).map(NodeTrack::remember);
  }

  /** All nodes as they look now. */
  public List<NodeView> views() {
    long nowMs = clock.nowMs();
    return nodes.values().stream()
        .map(node ->
            new NodeView(
                node.nodeId(),
                node.incarnation(),
                node.status(),
                node.phi(nowMs),
                node.silentMs(nowMs),
                observationsOf(node, nowMs),
                node.pools().sick().keySet()))
        .toList();
  }

  /** True while nobody at all is heard: then nothing is judged. */
  public boolean isQuiet() {
    return quiet;
  }

  /** How often the detector found itself paused. */
  public long ownPauses() {
    return clock.pauses();
  }

  private NodeTrack track(RememberedNode remembered) {
    return new NodeTrack(
        remembered,
        new GapWindow(settings),
        new PoolWatch(settings.hysteresis(), ids, remembered.sickPools()),
        clock.nowMs());
  }

  private static Judgement judgement(NodeTrack node, Object detail, Trace trace, long wallMs) {
    NodeEvent event =
        NodeEvent.newBuilder()
            .setNodeId(node.nodeId())
            .setIncarnation(node.incarnation())
            .setAt(Instant.ofEpochMilli(wallMs))
            .setDetail(detail)
            .build();
    return new Judgement(event, trace);
  }
}
