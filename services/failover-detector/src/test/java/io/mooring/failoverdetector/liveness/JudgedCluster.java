package io.mooring.failoverdetector.liveness;

import io.mooring.schemas.NodeHeartbeat;
import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.PoolHealth;
import io.mooring.schemas.ProbeOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A judge with nodes around it that beat regularly unless told otherwise. Time passes only in
 * {@link #run}.
 */
final class JudgedCluster {

  static final int TICK_MS = 50;
  static final int BEAT_MS = 250;

  private static final class Node {
    boolean beats = true;
    String incarnation = "run-1";
    long sequence;
    int stalledMs;
    long waitedMs;
    List<PoolHealth> pools = List.of();
    final Map<String, ProbeOutcome> sees = new HashMap<>();
    final Map<String, Long> seesSinceMs = new HashMap<>();
  }

  private final Map<String, Node> nodes = new TreeMap<>();
  private final List<Judgement> judgements = new ArrayList<>();
  private LivenessJudge judge;
  private long ids;
  private long nowMs = 1_000_000;

  JudgedCluster(String... nodeIds) {
    judge = newJudge();
    for (String nodeId : nodeIds) {
      nodes.put(nodeId, new Node());
    }
    for (String nodeId : nodeIds) {
      seenAs(nodeId, ProbeOutcome.REACHABLE);
    }
    run(10_000);
    judgements.clear();
  }

  private LivenessJudge newJudge() {
    return new LivenessJudge(LivenessSettings.defaults(), () -> new UUID(0, ++ids));
  }

  long nowMs() {
    return nowMs;
  }

  LivenessJudge judge() {
    return judge;
  }

  JudgedCluster silence(String... nodeIds) {
    for (String nodeId : nodeIds) {
      nodes.get(nodeId).beats = false;
    }
    return this;
  }

  JudgedCluster beatAgain(String nodeId) {
    nodes.get(nodeId).beats = true;
    return this;
  }

  JudgedCluster restart(String nodeId, String incarnation) {
    Node node = nodes.get(nodeId);
    node.incarnation = incarnation;
    node.sequence = 0;
    return beatAgain(nodeId);
  }

  /** From now on every other node sees this one so. */
  JudgedCluster seenAs(String nodeId, ProbeOutcome outcome) {
    nodes.keySet().stream()
        .filter(observer -> !observer.equals(nodeId))
        .forEach(observer -> sees(observer, nodeId, outcome));
    return this;
  }

  JudgedCluster sees(String observer, String nodeId, ProbeOutcome outcome) {
    nodes.get(observer).sees.put(nodeId, outcome);
    nodes.get(observer).seesSinceMs.put(nodeId, nowMs);
    return this;
  }

  JudgedCluster stalled(String nodeId, int stalledMs) {
    nodes.get(nodeId).stalledMs = stalledMs;
    return this;
  }

  JudgedCluster delayed(String nodeId, long waitedMs) {
    nodes.get(nodeId).waitedMs = waitedMs;
    return this;
  }

  JudgedCluster pool(String nodeId, String poolId, boolean healthy) {
    nodes.get(nodeId).pools =
        List.of(new PoolHealth(poolId, healthy, 900L, healthy ? null : "EIO"));
    return this;
  }

  /** Lets time pass with a tick every 50 ms and beats every 250 ms. */
  JudgedCluster run(long ms) {
    for (long end = nowMs + ms; nowMs < end; ) {
      nowMs += TICK_MS;
      if (nowMs % BEAT_MS == 0) {
        nodes.forEach(this::beat);
      }
      judgements.addAll(judge.onTick(nowMs));
    }
    return this;
  }

  /** The detector does not run for a while; what was sent meanwhile arrives when it does again. */
  JudgedCluster pauseDetector(long ms) {
    for (long end = nowMs + ms; nowMs < end; nowMs += BEAT_MS) {
      nodes.values().forEach(node -> node.sequence += node.beats ? 1 : 0);
    }
    judgements.addAll(judge.onTick(nowMs));
    return this;
  }

  JudgedCluster restartDetector() {
    List<RememberedNode> memory =
        nodes.keySet().stream().flatMap(id -> judge.remember(id).stream()).toList();
    judge = newJudge();
    memory.forEach(judge::recall);
    return this;
  }

  private void beat(String nodeId, Node node) {
    if (!node.beats) {
      return;
    }
    List<PeerObservation> peers =
        node.sees.entrySet().stream()
            .map(seen ->
                new PeerObservation(
                    seen.getKey(),
                    seen.getValue(),
                    nowMs - node.seesSinceMs.get(seen.getKey()),
                    500L))
            .toList();
    NodeHeartbeat beat =
        new NodeHeartbeat(
            nodeId,
            node.incarnation,
            node.sequence++,
            Instant.ofEpochMilli(nowMs),
            node.stalledMs,
            peers,
            node.pools,
            List.of());
    judgements.addAll(judge.onBeat(beat, node.waitedMs, new UUID(1, ++ids), nowMs));
  }

  /** All judgements so far, as "node Detail". */
  List<String> decided() {
    return judgements.stream()
        .map(judgement ->
            judgement.event().getNodeId()
                + " "
                + judgement.event().getDetail().getClass().getSimpleName())
        .toList();
  }

  List<Judgement> judgements() {
    return judgements;
  }

  <T> T detail(Class<T> type) {
    return judgements.stream()
        .map(judgement -> judgement.event().getDetail())
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }
}
