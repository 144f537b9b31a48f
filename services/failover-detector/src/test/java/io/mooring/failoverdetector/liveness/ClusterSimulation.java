package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.ProbeOutcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Agents that beat and probe each other, a control Kafka and a detector, all in simulated time from
 * one seed. Faults are windows of time; each actor looks up which of them cover it at the moment it
 * acts. Where an agent could report truthfully or wrongly while it is starved, it reports wrongly.
 */
final class ClusterSimulation {

  static final long BEAT_MS = 250;
  static final long PROBE_MS = 250;
  static final long PROBE_LIMIT_MS = 400;
  private static final long TICK_MS = 50;
  private static final long STALL_MEMORY_MS = 1_000;
  private static final long RECOVERY_MS = 3_000;

  /** Agents give up on a beat that could not be sent for so long. */
  private static final long DELIVERY_LIMIT_MS = 1_500;

  /** Longest pause between two attempts of an agent to reach the control Kafka, and some more. */
  private static final long RECONNECT_MS = 700;

  /** A restarted detector reads again what came after its last commit. */
  private static final long COMMIT_MS = 500;

  /** What may be wrong for a time. */
  enum Fault {
    /** The node's processes are stopped; its kernel accepts connections. */
    PAUSED,
    /** The agent's process is gone; the kernel refuses connections. */
    AGENT_DOWN,
    /** Everything is scheduled late, by a heavy-tailed delay. */
    STARVED,
    /** Beats do not reach the control Kafka; peers reach the node. */
    CUT_OFF,
    /** One of its peers does not reach the node; all others do. */
    UNSEEN,
    /** The node is gone and its link is cut. */
    DEAD,
    /** The control Kafka takes no records. */
    CONTROL_OUTAGE,
    /** The detector is stopped. */
    DETECTOR_PAUSED,
    /** The detector's process is gone; another one takes up what it remembered. */
    DETECTOR_AWAY
  }

  private record Window(Fault fault, int node, long fromMs, long untilMs) {}

  private record Step(long atMs, long order, Runnable action) {}

  private record View(ProbeOutcome outcome, long sinceMs) {}

  private record Stall(long atMs, long ms) {}

  private final class Agent {
    final int id;
    final Map<Integer, View> views = new HashMap<>();
    final Deque<Stall> stalls = new ArrayDeque<>();
    int run;
    long sequence;
    long lastDeliveryMs;
    long outageEndMs;
    long reconnectedMs;

    Agent(int id) {
      this.id = id;
    }

    int worstStallMs() {
      stalls.removeIf(stall -> nowMs - stall.atMs > STALL_MEMORY_MS);
      return (int) stalls.stream().mapToLong(Stall::ms).max().orElse(0);
    }
  }

  private static final int NO_NODE = -1;

  private final Random random;
  private final double lossRate;
  private final List<Window> windows = new ArrayList<>();
  private final List<Agent> agents = new ArrayList<>();
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparingLong(Step::atMs).thenComparingLong(Step::order));
  private final Deque<NodeHeartbeat> arrived = new ArrayDeque<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<Judgement> judgements = new ArrayList<>();
  private LivenessJudge judge;
  private long nowMs = 1_000_000;
  private long order;

  ClusterSimulation(long seed, int nodes, double lossRate) {
    this.random = new Random(seed);
    this.lossRate = lossRate;
    this.judge = newJudge();
    for (int id = 0; id < nodes; id++) {
      Agent agent = new Agent(id);
      agents.add(agent);
      at(nowMs + random.nextLong(BEAT_MS), () -> beat(agent));
      for (int peer = 0; peer < nodes; peer++) {
        int probed = peer;
        if (peer != id) {
          at(nowMs + random.nextLong(PROBE_MS), () -> probe(agent, probed));
        }
      }
    }
    at(nowMs, this::tick);
  }

  private LivenessJudge newJudge() {
    return new LivenessJudge(
        LivenessSettings.defaults(), () -> new UUID(random.nextLong(), random.nextLong()));
  }

  Random random() {
    return random;
  }

  long nowMs() {
    return nowMs;
  }

  /** Whether such a fault is near: two that follow on each other would be one long one. */
  boolean isNear(Fault fault, int node, long fromMs, long forMs) {
    return windows.stream()
        .filter(window -> window.fault == fault && window.node == node)
        .anyMatch(window ->
            window.fromMs < fromMs + forMs + RECOVERY_MS && fromMs < window.untilMs + RECOVERY_MS);
  }

  void fault(Fault fault, int node, long fromMs, long forMs) {
    windows.add(new Window(fault, node, fromMs, fromMs + forMs));
    if (fault == Fault.AGENT_DOWN) {
      at(fromMs + forMs, () -> agents.get(node).run++);
    }
  }

  void fault(Fault fault, long fromMs, long forMs) {
    fault(fault, NO_NODE, fromMs, forMs);
  }

  void kill(int node, long atMs) {
    fault(Fault.DEAD, node, atMs, Integer.MAX_VALUE);
  }

  void runUntil(long endMs) {
    while (!steps.isEmpty() && steps.peek().atMs <= endMs) {
      Step step = steps.poll();
      nowMs = Math.max(nowMs, step.atMs);
      step.action.run();
    }
    nowMs = endMs;
  }

  /** A beat that the detector took in. */
  record Arrival(int node, long atMs) {}

  /**
   * When the detector had heard more than half of the other nodes, counted from a moment: before,
   * nobody can ask for a verdict.
   */
  long majorityHeardMs(int victim, long sinceMs) {
    int others = agents.size() - 1;
    return arrivals.stream()
        .filter(arrival -> arrival.node != victim && arrival.atMs >= sinceMs)
        .collect(Collectors.toMap(Arrival::node, Arrival::atMs, (first, _) -> first, TreeMap::new))
        .values()
        .stream()
        .sorted()
        .skip(others / 2)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  /** NodeDowns so far: node and time. */
  record Verdict(int node, long atMs) {}

  List<Verdict> verdicts() {
    return judgements.stream()
        .filter(judgement -> judgement.event().getDetail() instanceof NodeDown)
        .map(judgement ->
            new Verdict(
                Integer.parseInt(judgement.event().getNodeId()),
                judgement.event().getAt().toEpochMilli()))
        .toList();
  }

  /** What was wrong when, and what was decided, to understand a run that failed. */
  String history() {
    StringBuilder history = new StringBuilder();
    windows.forEach(window -> history.append("\n  ").append(window));
    judgements.forEach(judgement ->
        history
            .append("\n  ")
            .append(judgement.event().getAt().toEpochMilli())
            .append(" node ")
            .append(judgement.event().getNodeId())
            .append(" ")
            .append(judgement.event().getDetail()));
    return history.toString();
  }

  private void at(long atMs, Runnable action) {
    steps.add(new Step(atMs, order++, action));
  }

  private boolean suffers(Fault fault, int node, long atMs) {
    return endOf(fault, node, atMs) > atMs;
  }

  /** End of the fault that covers this moment, or this moment. */
  private long endOf(Fault fault, int node, long atMs) {
    return windows.stream()
        .filter(w -> w.fault == fault && w.node == node && w.fromMs <= atMs && atMs < w.untilMs)
        .mapToLong(Window::untilMs)
        .max()
        .orElse(atMs);
  }

  /** When something due now runs on that node: after a pause, and after a scheduling delay. */
  private long scheduled(int node, long dueMs) {
    long resumed = endOf(Fault.PAUSED, node, dueMs);
    double median = suffers(Fault.STARVED, node, dueMs) ? 25 : 0.5;
    double sigma = suffers(Fault.STARVED, node, dueMs) ? 1.1 : 0.8;
    return resumed + (long) (median * Math.exp(sigma * random.nextGaussian()));
  }

  private void beat(Agent agent) {
    long due = nowMs;
    if (suffers(Fault.DEAD, agent.id, due)) {
      return;
    }
    long agentBack = endOf(Fault.AGENT_DOWN, agent.id, due);
    if (agentBack > due) {
      at(agentBack, () -> beat(agent));
      return;
    }
    long runs = scheduled(agent.id, due);
    at(
        runs,
        () -> {
          agent.stalls.add(new Stall(runs, runs - due));
          if (!suffers(Fault.DEAD, agent.id, runs)) {
            send(agent);
          }
          at(Math.max(runs + 1, due + BEAT_MS), () -> beat(agent));
        });
  }

  private void send(Agent agent) {
    List<PeerObservation> peers = new ArrayList<>();
    agent.views.forEach((peer, view) ->
        peers.add(
            new PeerObservation(Integer.toString(peer), view.outcome, nowMs - view.sinceMs, 300L)));
    NodeHeartbeat beat =
        new NodeHeartbeat(
            Integer.toString(agent.id),
            "run-" + agent.run,
            agent.sequence++,
            Instant.ofEpochMilli(nowMs),
            agent.worstStallMs(),
            peers,
            List.of(),
            List.of());
    if (suffers(Fault.CUT_OFF, agent.id, nowMs)) {
      return;
    }
    long accepted = acceptedMs(agent);
    if (accepted - nowMs > DELIVERY_LIMIT_MS) {
      return;
    }
    long transit = (long) (6 * Math.exp(0.8 * random.nextGaussian()));
    agent.lastDeliveryMs = Math.max(agent.lastDeliveryMs, accepted + transit);
    at(agent.lastDeliveryMs, () -> arrive(beat));
  }

  /**
   * When the control Kafka takes what the agent sends now: each agent reconnects in its own time.
   */
  private long acceptedMs(Agent agent) {
    long outageEndMs = endOf(Fault.CONTROL_OUTAGE, NO_NODE, nowMs);
    if (outageEndMs > nowMs && outageEndMs != agent.outageEndMs) {
      agent.outageEndMs = outageEndMs;
      agent.reconnectedMs = outageEndMs + random.nextLong(RECONNECT_MS);
    }
    return Math.max(nowMs, agent.reconnectedMs);
  }

  private void arrive(NodeHeartbeat beat) {
    if (suffers(Fault.DETECTOR_PAUSED, NO_NODE, nowMs)
        || suffers(Fault.DETECTOR_AWAY, NO_NODE, nowMs)) {
      arrived.add(beat);
      return;
    }
    if (suffers(Fault.DETECTOR_AWAY, NO_NODE, nowMs + COMMIT_MS)) {
      arrived.add(beat);
    }
    hear(beat);
  }

  private void hear(NodeHeartbeat beat) {
    arrivals.add(new Arrival(Integer.parseInt(beat.getNodeId()), nowMs));
    judgements.addAll(judge.onBeat(beat, nowMs - beat.getSentAt().toEpochMilli(), null, nowMs));
  }

  private void probe(Agent agent, int peer) {
    long due = nowMs;
    if (suffers(Fault.DEAD, agent.id, due)) {
      return;
    }
    long agentBack = endOf(Fault.AGENT_DOWN, agent.id, due);
    if (agentBack > due) {
      agent.views.clear();
      at(agentBack, () -> probe(agent, peer));
      return;
    }
    long sent = scheduled(agent.id, due);
    ProbeOutcome seen = probed(agent, peer, sent);
    long known =
        switch (seen) {
          case REACHABLE, REFUSED, UNKNOWN -> sent + 1;
          case STALLED, UNREACHABLE -> sent + PROBE_LIMIT_MS;
        };
    long noticed = scheduled(agent.id, known);
    // The kernel connects even for a starved observer; the answer is what it misses.
    boolean missed = seen == ProbeOutcome.REACHABLE && noticed - sent > PROBE_LIMIT_MS;
    ProbeOutcome reported = missed ? ProbeOutcome.STALLED : seen;
    at(
        noticed,
        () -> {
          note(agent, peer, reported, sent);
          at(Math.max(noticed, due + PROBE_MS), () -> probe(agent, peer));
        });
  }

  private ProbeOutcome probed(Agent observer, int peer, long sentMs) {
    boolean unseen =
        suffers(Fault.UNSEEN, peer, sentMs) && observer.id == (peer + 1) % agents.size();
    if (unseen || suffers(Fault.DEAD, peer, sentMs) || random.nextDouble() < lossRate) {
      return ProbeOutcome.UNREACHABLE;
    }
    if (suffers(Fault.AGENT_DOWN, peer, sentMs)) {
      return ProbeOutcome.REFUSED;
    }
    long answered = scheduled(peer, sentMs);
    boolean diesFirst = suffers(Fault.DEAD, peer, answered);
    if (answered - sentMs <= PROBE_LIMIT_MS && !diesFirst) {
      return ProbeOutcome.REACHABLE;
    }
    return ProbeOutcome.STALLED;
  }

  /** A run of equal outcomes begins when its first probe was sent. */
  private static void note(Agent agent, int peer, ProbeOutcome outcome, long sentMs) {
    View known = agent.views.get(peer);
    if (known == null || known.outcome != outcome) {
      agent.views.put(peer, new View(outcome, sentMs));
    }
  }

  private void tick() {
    long resumed = endOf(Fault.DETECTOR_PAUSED, NO_NODE, nowMs);
    long restarted = endOf(Fault.DETECTOR_AWAY, NO_NODE, nowMs);
    if (restarted > nowMs) {
      at(restarted, this::restart);
      return;
    }
    if (resumed > nowMs) {
      at(resumed, this::resume);
      return;
    }
    judgements.addAll(judge.onTick(nowMs));
    at(nowMs + TICK_MS + (long) (2 * Math.exp(random.nextGaussian())), this::tick);
  }

  private void restart() {
    LivenessJudge next = newJudge();
    agents.forEach(agent -> judge.remember(Integer.toString(agent.id)).ifPresent(next::recall));
    judge = next;
    resume();
  }

  /** After a pause either may come first: the tick, or the beats that have gathered. */
  private void resume() {
    if (random.nextBoolean()) {
      judgements.addAll(judge.onTick(nowMs));
    }
    while (!arrived.isEmpty()) {
      hear(arrived.poll());
    }
    tick();
  }
}
